import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.WSSecurityException;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;

/**
 * java Verify SECONDS ROUNDS (CERTIFICATE.pem GOOD.xml BAD.xml)…: prints, for each message, the CPU time in milliseconds
 * that WSS4J takes to verify it, from bytes to result, on a JVM that is warm.
 *
 * <p>Rounds of so many seconds are gone until several in a row were no quicker, since on a busy machine the JVM's compiler
 * is late; at the most ROUNDS. Two figures: the best turn of the thread alone, without compiling and collecting garbage;
 * and the whole process, with both, in its best round. The certificate is handed to it as trusted. A BAD that passes ends the program.
 */
final class Verify {
    private static final int PARTS = 2;
    private static final long TURN_NANOSECONDS = 20_000_000;
    private static final int ROUNDS_WITHOUT_GAIN = 5;
    private static final double GAIN = 0.98;

    private final DocumentBuilder builder;
    private final Merlin trusted = new Merlin();
    private final WSSecurityEngine engine = new WSSecurityEngine();
    private final ThreadMXBean thread = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean process =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Verify(Path certificate) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        builder = factory.newDocumentBuilder();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("signer", (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate))));
        trusted.setKeyStore(store);
    }

    public static void main(String[] arguments) throws Exception {
        WSSConfig.init();
        double seconds = Double.parseDouble(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        for (int at = 2; at < arguments.length; at += 3) {
            Verify verifier = new Verify(Path.of(arguments[at]));
            byte[] message = Files.readAllBytes(Path.of(arguments[at + 1]));
            verifier.requireRefusal(Files.readAllBytes(Path.of(arguments[at + 2])));
            System.out.println(verifier.settled(message, seconds, rounds));
        }
    }

    private void verify(byte[] message) throws Exception {
        Document document = builder.parse(new ByteArrayInputStream(message));
        List<WSSecurityEngineResult> results = engine.processSecurityHeader(document, null, null, trusted);
        WSSecurityEngineResult signature = WSSecurityUtil.fetchActionResult(results, WSConstants.SIGN);
        if (((List<?>) signature.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)).size() != PARTS) {
            throw new IllegalStateException("not the parts that are expected");
        }
    }

    private void requireRefusal(byte[] message) throws Exception {
        try {
            verify(message);
        } catch (WSSecurityException refused) {
            return;
        }
        throw new IllegalStateException("WSS4J took a message that was changed after it was signed");
    }

    private String settled(byte[] message, double seconds, int rounds) throws Exception {
        double ofThread = Double.POSITIVE_INFINITY;
        double ofProcess = Double.POSITIVE_INFINITY;
        int withoutGain = 0;
        for (int round = 0; round < rounds && withoutGain < ROUNDS_WITHOUT_GAIN; round++) {
            double[] spent = measure(message, seconds);
            withoutGain = spent[0] < GAIN * ofThread ? 0 : withoutGain + 1;
            ofThread = Math.min(ofThread, spent[0]);
            ofProcess = Math.min(ofProcess, spent[1]);
        }
        return ofThread + " " + ofProcess;
    }

    /** CPU milliseconds of one verification: in the best turn of the thread, and in the mean of the process. */
    private double[] measure(byte[] message, double seconds) throws Exception {
        double best = Double.POSITIVE_INFINITY;
        int total = 0;
        long processStarted = process.getProcessCpuTime();
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < until) {
            int count = 0;
            long started = thread.getCurrentThreadCpuTime();
            long end = System.nanoTime() + TURN_NANOSECONDS;
            do {
                verify(message);
                count++;
            } while (System.nanoTime() < end);
            best = Math.min(best, (thread.getCurrentThreadCpuTime() - started) / 1e6 / count);
            total += count;
        }
        return new double[] {best, (process.getProcessCpuTime() - processStarted) / 1e6 / total};
    }
}
