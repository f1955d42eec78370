<?php
declare(strict_types=1);

/** An answer that must not be believed: its signature fails, covers something else, or is not the gateway's. */
class AnswerRefused extends Exception
{
}

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = DS . 'enveloped-signature';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const WSSE = WSS . 'wssecurity-secext-1.0.xsd';
const WSU = WSS . 'wssecurity-utility-1.0.xsd';
const X509_V3 = WSS . 'x509-token-profile-1.0#X509v3';
const BASE64_BINARY = WSS . 'soap-message-security-1.0#Base64Binary';
const SOAP_NAMESPACES = ['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'];

/** PHP's SoapClient with a WS-Security signature on every call, and the gateway's demanded on every answer. */
class SignedSoapClient extends SoapClient
{
    private const SKEW = 300;
    private OpenSSLAsymmetricKey $key;
    private string $token;
    private string $gateway;

    /** $pem holds the caller's key and certificate, $gateway the one certificate that answers are signed with. */
    public function __construct(string $wsdl, string $pem, string $gateway, array $options = [])
    {
        parent::__construct($wsdl, $options + ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true]);
        $this->key = openssl_pkey_get_private($pem) ?: throw new RuntimeException('there is no private key in the PEM');
        if (openssl_pkey_get_details($this->key)['type'] !== OPENSSL_KEYTYPE_RSA) {
            throw new RuntimeException('PHP writes ECDSA values in DER, XML Signature does not: call with an RSA key');
        }
        $this->token = certificate($pem);
        $this->gateway = certificate($gateway);
    }

    public function __doRequest(
        string $request, string $location, string $action, int $version, bool $oneWay = false
    ): ?string {
        $answer = parent::__doRequest($this->signed($request), $location, $action, $version, $oneWay);
        if ($answer === null) {
            throw $this->__last_fault ?? new AnswerRefused('there is no answer');
        }
        return $this->verified($answer);
    }

    private function signed(string $request): string
    {
        $doc = parsed($request);
        $envelope = $doc->documentElement;
        $soap = $envelope->namespaceURI;
        $body = only($envelope, $soap, 'Body');
        $header = $envelope->insertBefore($doc->createElementNS($soap, "{$envelope->prefix}:Header"), $body);
        $security = $header->appendChild($doc->createElementNS(WSSE, 'wsse:Security'));
        $security->setAttributeNS($soap, "{$envelope->prefix}:mustUnderstand", '1');
        $timestamp = $security->appendChild($doc->createElementNS(WSU, 'wsu:Timestamp'));
        foreach (['Created' => 0, 'Expires' => 240] as $name => $ahead) {
            $timestamp->appendChild($doc->createElementNS(WSU, "wsu:$name", gmdate('Y-m-d\TH:i:s\Z', time() + $ahead)));
        }
        $token = $security->appendChild($doc->createElementNS(WSSE, 'wsse:BinarySecurityToken', $this->token));
        $token->setAttribute('ValueType', X509_V3);
        $token->setAttribute('EncodingType', BASE64_BINARY);
        $references = '';
        foreach (['time' => $timestamp, 'body' => $body, 'token' => $token] as $id => $part) {
            $part->setAttributeNS(WSU, 'wsu:Id', $id);
            $digest = base64_encode(hash('sha256', $part->C14N(true), true));
            $references .= "<Reference URI='#$id'><Transforms><Transform Algorithm='" . EXC_C14N . "'/></Transforms>"
                . "<DigestMethod Algorithm='" . SHA256 . "'/><DigestValue>$digest</DigestValue></Reference>";
        }
        $signature = $doc->createDocumentFragment();
        $signature->appendXML("<Signature xmlns='" . DS . "'><SignedInfo>"
            . "<CanonicalizationMethod Algorithm='" . EXC_C14N . "'/><SignatureMethod Algorithm='" . RSA_SHA256 . "'/>"
            . "$references</SignedInfo><SignatureValue/><KeyInfo><s:SecurityTokenReference xmlns:s='" . WSSE . "'>"
            . "<s:Reference URI='#token' ValueType='" . X509_V3 . "'/></s:SecurityTokenReference></KeyInfo></Signature>");
        $security->appendChild($signature);
        $signature = only($security, DS, 'Signature');
        openssl_sign(only($signature, DS, 'SignedInfo')->C14N(true), $value, $this->key, OPENSSL_ALGO_SHA256);
        only($signature, DS, 'SignatureValue')->nodeValue = base64_encode($value);
        return $doc->saveXML();
    }

    /** The answer with nothing left in it but what was signed: SoapClient reads that and no other element. */
    private function verified(string $answer): string
    {
        $doc = parsed($answer);
        $envelope = $doc->documentElement;
        $soap = $envelope->namespaceURI;
        if ($envelope->localName !== 'Envelope' || !in_array($soap, SOAP_NAMESPACES, true)) {
            throw new AnswerRefused('the answer is no SOAP message');
        }
        $header = only($envelope, $soap, 'Header');
        $security = only($header, WSSE, 'Security');
        $timestamp = only($security, WSU, 'Timestamp');
        $body = only($envelope, $soap, 'Body');
        if (bare(only($security, WSSE, 'BinarySecurityToken')->textContent) !== $this->gateway) {
            throw new AnswerRefused('the answer is signed with another certificate than the gateway\'s');
        }
        $signature = only($security, DS, 'Signature');
        $covered = [];
        foreach (references($signature, $this->gateway, [EXC_C14N]) as $reference) {
            $element = element_with_id($doc, substr($reference->uri, 1));
            $reference->require_digest($element->C14N(true, false, null, $reference->prefixes));
            $covered[] = $element;
        }
        foreach ([$body, $timestamp] as $required) {
            // A valid signature is not enough: it must cover this very element, in the place where it is read.
            if (!array_filter($covered, fn(DOMElement $each) => $each->isSameNode($required))) {
                throw new AnswerRefused("the signature does not cover the {$required->localName} that is read");
            }
        }
        $created = strtotime(only($timestamp, WSU, 'Created')->textContent);
        $expires = strtotime(only($timestamp, WSU, 'Expires')->textContent);
        if ($created > time() + self::SKEW || $expires < time() - self::SKEW) {
            throw new AnswerRefused('the answer is not of this time');
        }
        $envelope->removeChild($header);
        return $doc->saveXML();
    }
}

/** Verify a receipt that the gateway sealed (an enveloped signature), against its one certificate. */
function verify_receipt(string $receipt, string $gateway): DOMElement
{
    $doc = parsed($receipt);
    $root = $doc->documentElement;
    $signature = only($root, DS, 'Signature');
    $references = references($signature, certificate($gateway), [ENVELOPED, EXC_C14N]);
    if (count($references) !== 1 || $references[0]->uri !== '') {
        throw new AnswerRefused('the seal does not cover the whole receipt');
    }
    $root->removeChild($signature);
    $references[0]->require_digest($root->C14N(true, false, null, $references[0]->prefixes));
    return $root;
}

/** One ds:Reference of a SignedInfo whose signature holds. */
class Reference
{
    public function __construct(
        public readonly string $uri, public readonly ?array $prefixes, private readonly string $digest
    ) {
    }

    public function require_digest(string $canonical): void
    {
        if (!hash_equals($this->digest, hash('sha256', $canonical, true))) {
            throw new AnswerRefused("the part {$this->uri} was changed after it was signed");
        }
    }
}

/** The references of a signature made with the key of $certificate, by the algorithms that are agreed and no other. */
function references(DOMElement $signature, string $certificate, array $transforms): array
{
    $info = only($signature, DS, 'SignedInfo');
    $method = only($info, DS, 'CanonicalizationMethod');
    require_algorithm($method, EXC_C14N);
    require_algorithm(only($info, DS, 'SignatureMethod'), RSA_SHA256);
    $key = openssl_pkey_get_public("-----BEGIN CERTIFICATE-----\n" . chunk_split($certificate) . "-----END CERTIFICATE-----");
    $value = base64_decode(bare(only($signature, DS, 'SignatureValue')->textContent), true);
    $octets = $info->C14N(true, false, null, prefixes($method));
    if ($value === false || openssl_verify($octets, $value, $key, OPENSSL_ALGO_SHA256) !== 1) {
        throw new AnswerRefused('the signature is not the gateway\'s');
    }
    $found = [];
    foreach (children($info, DS, 'Reference') as $reference) {
        $steps = children(only($reference, DS, 'Transforms'), DS, 'Transform');
        if (array_map(fn(DOMElement $each) => $each->getAttribute('Algorithm'), $steps) !== $transforms) {
            throw new AnswerRefused('the signature uses transforms that are not agreed');
        }
        require_algorithm(only($reference, DS, 'DigestMethod'), SHA256);
        $digest = base64_decode(bare(only($reference, DS, 'DigestValue')->textContent), true);
        $found[] = new Reference($reference->getAttribute('URI'), prefixes(end($steps)), (string) $digest);
    }
    return $found;
}

function require_algorithm(DOMElement $element, string $algorithm): void
{
    if ($element->getAttribute('Algorithm') !== $algorithm) {
        throw new AnswerRefused("{$element->localName} is not as agreed");
    }
}

/** The PrefixList of an exclusive canonicalisation; null: it has none. */
function prefixes(DOMElement $method): ?array
{
    $inclusive = children($method, EXC_C14N, 'InclusiveNamespaces');
    return $inclusive ? preg_split('/\s+/', trim($inclusive[0]->getAttribute('PrefixList'))) : null;
}

/** The one element with this id; an id in use twice is an attempt to have one element verified and another one read. */
function element_with_id(DOMDocument $doc, string $id): DOMElement
{
    $found = [];
    foreach ($doc->getElementsByTagName('*') as $element) {
        foreach ($element->attributes as $attribute) {
            if (strcasecmp($attribute->localName, 'id') === 0 && trim($attribute->value) === $id) {
                $found[] = $element;
            }
        }
    }
    return count($found) === 1 ? $found[0] : throw new AnswerRefused(count($found) . " elements have the id $id");
}

function children(DOMElement $parent, string $namespace, string $name): array
{
    $is = fn(DOMNode $node) => $node instanceof DOMElement && $node->namespaceURI === $namespace && $node->localName === $name;
    return array_values(array_filter(iterator_to_array($parent->childNodes), $is));
}

function only(DOMElement $parent, string $namespace, string $name): DOMElement
{
    $found = children($parent, $namespace, $name);
    return count($found) === 1 ? $found[0] : throw new AnswerRefused("{$parent->localName} has " . count($found) . " $name");
}

function parsed(string $xml): DOMDocument
{
    $doc = new DOMDocument();
    if (!$doc->loadXML($xml, LIBXML_NONET | LIBXML_NOERROR) || $doc->doctype !== null) {
        throw new AnswerRefused('the answer is no XML, or has a document type');
    }
    return $doc;
}

/** The base64 of the certificate in a PEM text, on one line. */
function certificate(string $pem): string
{
    openssl_x509_export($pem, $text);
    return bare(preg_replace('/-----[^-]+-----/', '', $text));
}

function bare(string $base64): string
{
    return preg_replace('/\s+/', '', $base64);
}
