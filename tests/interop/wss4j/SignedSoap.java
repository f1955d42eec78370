import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.WSSecurityException;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Calls signed by WSS4J, answers verified by WSS4J: no other library but the JDK's. */
final class SignedSoap {
    static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private static final String ALIAS = "caller";
    private static final String PASSWORD = "in memory only";
    private static final int LIFETIME_SECONDS = 240;

    private final Crypto caller;
    private final Crypto trusted;
    private final X509Certificate gateway;

    /** The caller's key and certificate in one PEM file, and the one certificate that signs the gateway's answers. */
    SignedSoap(Path pem, Path gatewayPem) throws Exception {
        WSSConfig.init();
        gateway = certificate(gatewayPem);
        KeyStore own = emptyStore();
        own.setKeyEntry(ALIAS, privateKey(pem), PASSWORD.toCharArray(), new X509Certificate[] {certificate(pem)});
        caller = crypto(own);
        KeyStore known = emptyStore();
        known.setCertificateEntry("gateway", gateway);
        trusted = crypto(known);
    }

    /** An answer that must not be believed: its signature fails, covers something else, or is not the gateway's. */
    static final class AnswerRefused extends Exception {
        AnswerRefused(String reason) {
            super(reason);
        }
    }

    /** Send `envelope` signed; the Body's child of the verified answer. `keyIdentifier` is one of WSConstants. */
    Element call(String endpoint, String action, Document envelope, int keyIdentifier) throws Exception {
        String namespace = envelope.getDocumentElement().getNamespaceURI();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint))
                .POST(BodyPublishers.ofString(written(signed(envelope, keyIdentifier))));
        if (namespace.equals(WSConstants.URI_SOAP11_ENV)) {
            request.header("Content-Type", "text/xml; charset=utf-8").header("SOAPAction", '"' + action + '"');
        } else {
            request.header("Content-Type", "application/soap+xml; charset=utf-8; action=\"" + action + '"');
        }
        byte[] answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray()).body();
        return verified(parsed(answer), namespace);
    }

    private Document signed(Document envelope, int keyIdentifier) throws WSSecurityException {
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(envelope);
        WSSecTimestamp timestamp = new WSSecTimestamp();
        timestamp.setTimeToLive(LIFETIME_SECONDS);
        timestamp.build(envelope, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(ALIAS, PASSWORD);
        signature.setKeyIdentifierType(keyIdentifier);
        signature.setSignatureAlgorithm(RSA_SHA256); // WSS4J 1.6 would take SHA-1
        signature.setDigestAlgo(WSConstants.SHA256);
        signature.setParts(List.of(
                new WSEncryptionPart("Body", envelope.getDocumentElement().getNamespaceURI(), ""),
                new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "")));
        return signature.build(envelope, caller, header);
    }

    private Element verified(Document answer, String namespace) throws Exception {
        Element envelope = answer.getDocumentElement();
        Element header = only(envelope, namespace, "Header");
        Element body = only(envelope, namespace, "Body");
        Element timestamp = only(only(header, WSConstants.WSSE_NS, "Security"), WSConstants.WSU_NS, "Timestamp");
        WSSecurityEngineResult signature;
        try {
            List<WSSecurityEngineResult> results =
                    new WSSecurityEngine().processSecurityHeader(answer, null, null, trusted);
            signature = results == null ? null : WSSecurityUtil.fetchActionResult(results, WSConstants.SIGN);
        } catch (WSSecurityException refused) {
            throw new AnswerRefused(refused.getMessage());
        }
        if (signature == null) {
            throw new AnswerRefused("the answer is not signed");
        }
        if (!gateway.equals(signature.get(WSSecurityEngineResult.TAG_X509_CERTIFICATE))) {
            throw new AnswerRefused("the answer is signed with another certificate than the gateway's");
        }
        if (!RSA_SHA256.equals(signature.get(WSSecurityEngineResult.TAG_SIGNATURE_METHOD))) {
            throw new AnswerRefused("the signature's algorithm is not as agreed");
        }
        List<Element> covered = new ArrayList<>();
        for (Object each : (List<?>) signature.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
            WSDataRef reference = (WSDataRef) each;
            if (!WSConstants.SHA256.equals(reference.getDigestAlgorithm())) {
                throw new AnswerRefused("a digest's algorithm is not as agreed");
            }
            covered.add(reference.getProtectedElement());
        }
        for (Element required : List.of(body, timestamp)) {
            // A valid signature is not enough: it must cover this very element, in the place where it is read.
            if (covered.stream().noneMatch(each -> each == required)) {
                throw new AnswerRefused("the signature does not cover the " + required.getLocalName() + " that is read");
            }
        }
        return elements(body).get(0);
    }

    /** Verify a receipt that the gateway sealed (an enveloped signature), with the JDK's own XML Signature. */
    Element verifiedReceipt(byte[] receipt) throws Exception {
        Element root = parsed(receipt).getDocumentElement();
        DOMValidateContext context =
                new DOMValidateContext(gateway.getPublicKey(), only(root, WSConstants.SIG_NS, "Signature"));
        XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
        List<?> references = signature.getSignedInfo().getReferences();
        if (references.size() != 1 || !((Reference) references.get(0)).getURI().isEmpty()) {
            throw new AnswerRefused("the seal does not cover the whole receipt");
        }
        if (!signature.validate(context)) {
            throw new AnswerRefused("the seal does not hold");
        }
        return root;
    }

    static Document parsed(byte[] xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new ByteArrayInputStream(xml));
    }

    static Element only(Element parent, String namespace, String name) throws AnswerRefused {
        List<Element> found = new ArrayList<>(elements(parent));
        found.removeIf(each -> !namespace.equals(each.getNamespaceURI()) || !name.equals(each.getLocalName()));
        if (found.size() != 1) {
            throw new AnswerRefused(parent.getLocalName() + " has " + found.size() + ' ' + name);
        }
        return found.get(0);
    }

    static List<Element> elements(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element) {
                found.add((Element) node);
            }
        }
        return found;
    }

    private static String written(Document document) throws Exception {
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter text = new StringWriter();
        transformer.transform(new DOMSource(document), new StreamResult(text));
        return text.toString();
    }

    static Crypto crypto(KeyStore store) throws Exception {
        Merlin crypto = new Merlin();
        crypto.setKeyStore(store);
        return crypto;
    }

    static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    static X509Certificate certificate(Path pem) throws Exception {
        byte[] der = section(pem, "CERTIFICATE");
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static PrivateKey privateKey(Path pem) throws Exception {
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(section(pem, "PRIVATE " + "KEY")));
    }

    private static byte[] section(Path pem, String name) throws Exception {
        Pattern pattern = Pattern.compile("-----BEGIN " + name + "-----(.*?)-----END " + name + "-----", Pattern.DOTALL);
        Matcher matcher = pattern.matcher(Files.readString(pem));
        if (!matcher.find()) {
            throw new IllegalArgumentException(pem + " holds no " + name);
        }
        return Base64.getMimeDecoder().decode(matcher.group(1));
    }
}
