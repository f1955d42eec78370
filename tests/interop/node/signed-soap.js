'use strict';
// node-soap with a WS-Security signature on every call, and the gateway's demanded on every answer.
const crypto = require('crypto');
const soap = require('soap');
const { DOMParser } = require('@xmldom/xmldom');
const { SignedXml } = require('xml-crypto');

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = `${DS}enveloped-signature`;
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const WSSE = `${WSS}wssecurity-secext-1.0.xsd`;
const WSU = `${WSS}wssecurity-utility-1.0.xsd`;
const SOAP = ['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'];
const LIFETIME = 240_000;
const SKEW = 300_000;

/** An answer that must not be believed: its signature fails, covers something else, or is not the gateway's. */
class AnswerRefused extends Error {}

/** A client of one service; `pem` holds the caller's key and certificate, `gateway` the one that signs answers. */
async function signedClient(wsdl, pem, gateway, version) {
  const httpClient = new VerifyingHttpClient(gateway);
  const client = await soap.createClientAsync(wsdl, { httpClient, forceSoap12Headers: version === '1.2' });
  const certificate = new crypto.X509Certificate(pem).toString();
  client.setSecurity(new Signer(pem, certificate, '', {
    hasTimeStamp: false,
    additionalReferences: ['wsu:Timestamp'],
    signatureAlgorithm: RSA_SHA256,
    digestAlgorithm: SHA256,
    // Left alone node-soap adds the enveloped-signature transform, which has no meaning in WS-Security.
    signatureTransformations: [EXC_C14N],
  }));
  return client;
}

/** node-soap's signer, except that its own Timestamp lives for ten minutes, longer than the gateway allows. */
class Signer extends soap.WSSecurityCert {
  postProcess(xml, envelopeKey) {
    const time = (ahead) => new Date(Date.now() + ahead).toISOString();
    const header = `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"><wsu:Timestamp>`
      + `<wsu:Created>${time(0)}</wsu:Created><wsu:Expires>${time(LIFETIME)}</wsu:Expires></wsu:Timestamp></wsse:Security>`;
    const end = `</${envelopeKey}:Header>`;
    return super.postProcess(xml.replace(end, header + end), envelopeKey);
  }
}

class VerifyingHttpClient extends soap.HttpClient {
  constructor(gateway) {
    super();
    this.gateway = gateway;
  }

  request(url, data, callback, headers, options) {
    const verify = (error, response, body) => {
      if (error || !data) return callback(error, response, body); // without data it is the WSDL that is fetched
      try {
        response.data = verified(body, this.gateway);
      } catch (refused) {
        return callback(refused instanceof AnswerRefused ? refused : new AnswerRefused(refused.message));
      }
      return callback(null, response, response.data);
    };
    return super.request(url, data, verify, headers, options);
  }
}

/** A message made of nothing but the Body that was signed: node-soap reads that and no other element. */
function verified(answer, gateway) {
  const envelope = parsed(answer).documentElement;
  const soapNs = envelope.namespaceURI;
  if (envelope.localName !== 'Envelope' || !SOAP.includes(soapNs)) throw new AnswerRefused('the answer is no SOAP message');
  const security = only(only(envelope, soapNs, 'Header'), WSSE, 'Security');
  const places = [only(envelope, soapNs, 'Body'), only(security, WSU, 'Timestamp')];
  const signature = signedWith(answer, only(security, DS, 'Signature'), gateway, [EXC_C14N]);
  const octets = signature.getSignedReferences();
  const [body, timestamp] = places.map((place) => {
    // A valid signature is not enough: it must cover this very element, in the place where it is read. xml-crypto
    // itself refuses an id that is in use twice.
    const at = signature.getReferences().findIndex(({ uri }) => uri === `#${place.getAttributeNS(WSU, 'Id')}`);
    const signed = at < 0 ? null : parsed(octets[at]).documentElement;
    if (!signed || signed.localName !== place.localName || signed.namespaceURI !== place.namespaceURI) {
      throw new AnswerRefused(`the signature does not cover the ${place.localName} that is read`);
    }
    return { signed, octets: octets[at] };
  });
  const time = (name) => Date.parse(only(timestamp.signed, WSU, name).textContent);
  if (time('Created') > Date.now() + SKEW || !(time('Expires') > Date.now() - SKEW)) {
    throw new AnswerRefused('the answer is not of this time');
  }
  return `<e:Envelope xmlns:e="${soapNs}">${body.octets}</e:Envelope>`;
}

/** The root of a receipt that the gateway sealed (an enveloped signature), as it was signed. */
function verifiedReceipt(receipt, gateway) {
  const signature = signedWith(receipt, only(parsed(receipt).documentElement, DS, 'Signature'), gateway, [ENVELOPED, EXC_C14N]);
  const references = signature.getReferences();
  if (references.length !== 1 || references[0].uri) throw new AnswerRefused('the seal does not cover the whole receipt');
  return parsed(signature.getSignedReferences()[0]).documentElement;
}

/** xml-crypto's view of a signature that holds under the gateway's key, by the algorithms that are agreed. */
function signedWith(xml, element, gateway, transforms) {
  const signature = new SignedXml({ publicCert: gateway, idMode: 'wssecurity', getCertFromKeyInfo: () => null });
  signature.loadSignature(element);
  if (signature.signatureAlgorithm !== RSA_SHA256 || signature.canonicalizationAlgorithm !== EXC_C14N) {
    throw new AnswerRefused('the algorithms are not as agreed');
  }
  if (!signature.checkSignature(xml)) throw new AnswerRefused('a signed part was changed');
  for (const reference of signature.getReferences()) {
    if (String(reference.transforms) !== String(transforms) || reference.digestAlgorithm !== SHA256) {
      throw new AnswerRefused('the transforms are not as agreed');
    }
  }
  return signature;
}

function parsed(xml) {
  const fail = (what) => { throw new AnswerRefused(`the answer is no XML: ${what}`); };
  const doc = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(xml, 'text/xml');
  if (doc.doctype) throw new AnswerRefused('the answer has a document type');
  return doc;
}

function only(parent, namespace, name) {
  const found = Array.from(parent.childNodes).filter((each) => each.namespaceURI === namespace && each.localName === name);
  if (found.length !== 1) throw new AnswerRefused(`${parent.localName} has ${found.length} ${name}`);
  return found[0];
}

module.exports = { AnswerRefused, signedClient, verifiedReceipt, only };
