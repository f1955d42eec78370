import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import org.apache.ws.security.WSConstants;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * java Client URL KEY.pem GATEWAY.pem 1.1|1.2 check|register [FILE]; ../README.md says what it prints.
 *
 * <p>With -Dkey-identifier=default the signature names its certificate as WSS4J does when nobody says how: by issuer
 * and serial number, without sending it.
 */
final class Client {
    private static final String TYPES = "urn:state-register:types:v1";

    private final SignedSoap soap;
    private final String url;
    private final String envelopeNamespace;
    private final int keyIdentifier = "default".equals(System.getProperty("key-identifier"))
            ? WSConstants.ISSUER_SERIAL
            : WSConstants.BST_DIRECT_REFERENCE;

    private Client(String url, Path pem, Path gateway, String version) throws Exception {
        this.url = url;
        soap = new SignedSoap(pem, gateway);
        envelopeNamespace = version.equals("1.2") ? WSConstants.URI_SOAP12_ENV : WSConstants.URI_SOAP11_ENV;
    }

    public static void main(String[] arguments) throws Exception {
        try {
            Client client = new Client(arguments[0], Path.of(arguments[1]), Path.of(arguments[2]), arguments[3]);
            System.exit(arguments[4].equals("check") ? client.check() : client.register(Path.of(arguments[5])));
        } catch (SignedSoap.AnswerRefused refused) {
            System.err.println("refused: " + refused.getMessage());
            System.exit(4);
        }
    }

    private int check() throws Exception {
        String content = "<c:purpose>BORDER_CONTROL</c:purpose></context><documents><reference>1</reference>"
                + "<documentType>PASSPORT</documentType><country>AZE</country><number>C01234567</number></documents>";
        Element answer = call("documents", "CheckDocuments", UUID.randomUUID().toString(), content);
        if (isFault(answer)) {
            return 3;
        }
        System.out.println("status=" + text(answer, "status"));
        return 0;
    }

    private int register(Path file) throws Exception {
        String requestId = UUID.randomUUID().toString();
        String content = "</context><signedApplication>"
                + Base64.getEncoder().encodeToString(Files.readAllBytes(file)) + "</signedApplication>";
        Element answer = call("registration", "SubmitRegistration", requestId, content);
        if (isFault(answer)) {
            return 3;
        }
        byte[] receipt = Base64.getMimeDecoder().decode(text(answer, "signedReceipt"));
        Element root = soap.verifiedReceipt(receipt);
        System.out.println("requestId=" + requestId);
        System.out.println("trackingId=" + text(answer, "trackingId"));
        System.out.println("receiptSays=" + SignedSoap.only(root, TYPES, "trackingId").getTextContent());
        System.out.println("receipt=" + Base64.getEncoder().encodeToString(receipt));
        return 0;
    }

    private Element call(String service, String operation, String requestId, String content) throws Exception {
        String namespace = "urn:state-register:" + service + ":v1";
        String envelope = "<e:Envelope xmlns:e='" + envelopeNamespace + "'><e:Header/><e:Body>"
                + "<" + operation + " xmlns='" + namespace + "' xmlns:c='" + TYPES + "'><context>"
                + "<c:requestId>" + requestId + "</c:requestId>" + content
                + "</" + operation + "></e:Body></e:Envelope>";
        Document document = SignedSoap.parsed(envelope.getBytes(StandardCharsets.UTF_8));
        return soap.call(url + "/soap/" + service + "/v1", namespace + '/' + operation, document, keyIdentifier);
    }

    private static boolean isFault(Element answer) {
        boolean fault = answer.getLocalName().equals("Fault");
        if (fault) {
            System.out.println("fault=" + answer.getElementsByTagNameNS(TYPES, "code").item(0).getTextContent());
        }
        return fault;
    }

    private static String text(Element answer, String name) {
        return answer.getElementsByTagNameNS("*", name).item(0).getTextContent();
    }
}
