<?php // php check.php URL KEY.pem: asks whether one document is invalid, signed, and prints the answer.
[, $url, $pem] = $argv;
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/', DS = 'http://www.w3.org/2000/09/xmldsig#';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const WSU = WSS . 'wssecurity-utility-1.0.xsd', WSSE = WSS . 'wssecurity-secext-1.0.xsd';
const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#', SHA = 'http://www.w3.org/2001/04/xmlenc#sha256';

$uuid = vsprintf('%s%s-%s-4%.3s-8%.3s-%s%s%s', str_split(bin2hex(random_bytes(18)), 4));
$request = "<CheckDocuments xmlns='urn:state-register:documents:v1' xmlns:t='urn:state-register:types:v1'><context>"
    . "<t:requestId>$uuid</t:requestId><t:purpose>BORDER_CONTROL</t:purpose></context>"
    . '<documents><reference>1</reference><documentType>PASSPORT</documentType>'
    . '<country>AZE</country><number>C01234567</number></documents></CheckDocuments>';
$token = preg_replace('/-----[^-]+-----|\s/', '', openssl_x509_read(file_get_contents($pem)) ? cert($pem) : '');
$time = fn(int $ahead) => gmdate('Y-m-d\TH:i:s\Z', time() + $ahead);
$doc = new DOMDocument();
$doc->loadXML("<s:Envelope xmlns:s='" . SOAP . "' xmlns:u='" . WSU . "' xmlns:w='" . WSSE . "'><s:Header><w:Security s:mustUnderstand='1'>"
    . "<u:Timestamp u:Id='time'><u:Created>{$time(0)}</u:Created><u:Expires>{$time(240)}</u:Expires></u:Timestamp>"
    . "<w:BinarySecurityToken u:Id='token' ValueType='" . WSS . "x509-token-profile-1.0#X509v3' EncodingType='" . WSS
    . "soap-message-security-1.0#Base64Binary'>$token</w:BinarySecurityToken></w:Security></s:Header>"
    . "<s:Body u:Id='body'>$request</s:Body></s:Envelope>");
$part = fn(string $name, string $ns) => $doc->getElementsByTagNameNS($ns, $name)[0];
$reference = fn(string $id, DOMElement $e) => "<Reference URI='#$id'><Transforms><Transform Algorithm='" . EXC . "'/></Transforms>"
    . "<DigestMethod Algorithm='" . SHA . "'/><DigestValue>" . base64_encode(hash('sha256', $e->C14N(true), true)) . '</DigestValue></Reference>';
$signature = $doc->createDocumentFragment();
$signature->appendXML("<Signature xmlns='" . DS . "'><SignedInfo><CanonicalizationMethod Algorithm='" . EXC . "'/>"
    . "<SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>"
    . $reference('body', $part('Body', SOAP)) . $reference('time', $part('Timestamp', WSU)) . '</SignedInfo><SignatureValue/>'
    . "<KeyInfo><w:SecurityTokenReference xmlns:w='" . WSSE . "'><w:Reference URI='#token' ValueType='" . WSS
    . "x509-token-profile-1.0#X509v3'/></w:SecurityTokenReference></KeyInfo></Signature>");
$part('Security', WSSE)->appendChild($signature);
openssl_sign($part('SignedInfo', DS)->C14N(true), $value, openssl_pkey_get_private(file_get_contents($pem)), OPENSSL_ALGO_SHA256);
$part('SignatureValue', DS)->nodeValue = base64_encode($value);
echo file_get_contents("$url/soap/documents/v1", false, stream_context_create(['http' => ['method' => 'POST', 'ignore_errors' => true,
    'header' => "Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"urn:state-register:documents:v1/CheckDocuments\"",
    'content' => $doc->saveXML()]])), "\n";

function cert(string $pem): string { openssl_x509_export(openssl_x509_read(file_get_contents($pem)), $text); return $text; }
