/* client URL KEY.pem GATEWAY.pem 1.1|1.2 check|register [FILE]; ../README.md says what it prints.
 *
 * Calls signed, and answers verified, by gSOAP's wsse plugin; soapH.h and the rest are made by wsdl2h and soapcpp2 from
 * wsdl/documents.wsdl and wsdl/registration.wsdl (build.sh).
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "DocumentsSoap11.nsmap"
#include "soapH.h"
#include "wsseapi.h"

enum { ANSWERED = 0, FAILED = 1, FAULT = 3, REFUSED = 4, LIFETIME = 240 };

static const char WSU[] = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
static const char SHA256_URI[] = "http://www.w3.org/2001/04/xmlenc#sha256";

/* The one certificate that signs the gateway's answers. */
static X509 *gateway;
/* Whether the last answer was verified. */
static int verified;

static void *from_pem(const char *path, void *(*read)(FILE *))
{
    FILE *file = fopen(path, "r");
    void *found = file ? read(file) : NULL;
    if (!found) {
        fprintf(stderr, "nothing of use in %s\n", path);
        exit(FAILED);
    }
    fclose(file);
    return found;
}

static void *read_certificate(FILE *file) { return PEM_read_X509(file, NULL, NULL, NULL); }
static void *read_key(FILE *file) { return PEM_read_PrivateKey(file, NULL, NULL, NULL); }

/* A certificate passes if it is the gateway's. That its issuer is not at hand is no objection then; that it has
 * expired, or anything else, is. */
static int only_the_gateway(int ok, X509_STORE_CTX *context)
{
    int error = X509_STORE_CTX_get_error(context);
    int without_issuer = error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    return (ok || without_issuer) && X509_cmp(X509_STORE_CTX_get0_cert(context), gateway) == 0;
}

static int refused(const char *why)
{
    fprintf(stderr, "refused: %s\n", why);
    return REFUSED;
}

static void sign(struct soap *soap, const char *certificate, EVP_PKEY *key)
{
    if (soap_wsse_add_Timestamp(soap, "Time", LIFETIME)
        || soap_wsse_add_BinarySecurityTokenPEM(soap, "Token", certificate)
        || soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#Token")
        || soap_wsse_sign_body(soap, SOAP_SMD_SIGN_RSA_SHA256, key, 0)
        || soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0)) {
        soap_print_fault(soap, stderr);
        exit(FAILED);
    }
}

/* Called once the plugin has found that the signature holds. That is not enough: it must be the gateway's, by the
 * algorithms that are agreed, and there must be one Body and one Timestamp, which it covers. */
static int look_at_what_is_covered(struct soap *soap)
{
    X509 *signer = soap_wsse_get_KeyInfo_SecurityTokenReferenceX509(soap);
    int by_gateway = signer && X509_cmp(signer, gateway) == 0, algorithm, bits, each;
    ds__SignedInfoType *signed_info = soap_wsse_SignedInfo(soap);
    X509_free(signer);
    if (!by_gateway)
        return soap_wsse_fault(soap, wsse__FailedAuthentication, "the answer is not signed by the gateway");
    if (soap_wsse_get_SignedInfo_SignatureMethod(soap, &algorithm, &bits) || algorithm != SOAP_SMD_VRFY_RSA_SHA256)
        return soap_wsse_fault(soap, wsse__UnsupportedAlgorithm, "the signature's algorithm is not as agreed");
    for (each = 0; each < signed_info->__sizeReference; each++)
        if (strcmp(signed_info->Reference[each]->DigestMethod->Algorithm, SHA256_URI) != 0)
            return soap_wsse_fault(soap, wsse__UnsupportedAlgorithm, "a digest's algorithm is not as agreed");
    if (soap_wsse_verify_body(soap) || soap_wsse_verify_element(soap, WSU, "Timestamp") != 1)
        return soap_wsse_fault(soap, wsse__FailedCheck, "what is read is not what is signed");
    if (soap_wsse_verify_Timestamp(soap))
        return soap->error;
    verified = 1;
    return SOAP_OK;
}

/* What became of the call: an answer, and a fault too, is believed only if it was verified.
 *
 * gSOAP 2.8 reads one language of a SOAP 1.2 fault and stops at the second (there are two, as SOAP 1.2 wants it), so
 * that such a fault cannot be verified and is refused here. Whoever wants to read faults calls with SOAP 1.1. */
static int outcome(struct soap *soap, int error)
{
    struct SOAP_ENV__Detail *detail = NULL;
    if (!verified) {
        soap_print_fault(soap, stderr);
        return refused("the answer was not verified");
    }
    if (error == SOAP_OK)
        return ANSWERED;
    if (error != SOAP_FAULT || !soap->fault)
        return refused("the answer cannot be read");
    detail = soap->fault->detail ? soap->fault->detail : soap->fault->SOAP_ENV__Detail;
    if (!detail || !detail->ns2__fault)
        return refused("the fault has no detail");
    printf("fault=%s\n", detail->ns2__fault->code);
    return FAULT;
}

static int check(struct soap *soap, const char *endpoint, int version, char *request_id)
{
    struct ns2__PurposefulContext context = {.requestId = request_id, .purpose = "BORDER_CONTROL"};
    struct ns1__DocumentQuestion question = {
        .reference = "1", .documentType = "PASSPORT", .country = "AZE", .number = "C01234567"};
    struct _ns1__CheckDocuments request = {.context = &context, .__sizedocuments = 1, .documents = &question};
    struct _ns1__CheckDocumentsResponse response;
    int error = version == 2 ? soap_call___ns1__CheckDocuments_(soap, endpoint, NULL, &request, &response)
                             : soap_call___ns1__CheckDocuments(soap, endpoint, NULL, &request, &response);
    int result = outcome(soap, error);
    if (result == ANSWERED)
        printf("status=%s\n", soap_ns1__ValidityStatus2s(soap, response.result->answers[0].status));
    return result;
}

static int submit(struct soap *soap, const char *endpoint, int version, char *request_id, const char *path)
{
    struct ns2__RequestContext context = {.requestId = request_id};
    struct xsd__base64Binary file = {0};
    struct _ns3__SubmitRegistration request = {.context = &context};
    struct _ns3__SubmitRegistrationResponse response;
    struct stat about;
    int descriptor = open(path, O_RDONLY), error, result;
    if (descriptor < 0 || fstat(descriptor, &about))
        return FAILED;
    file.__size = (int)about.st_size;
    file.__ptr = soap_malloc(soap, about.st_size);
    if (read(descriptor, file.__ptr, about.st_size) != about.st_size)
        return FAILED;
    close(descriptor);
    request.__union_SubmitRegistration = SOAP_UNION__ns3__union_SubmitRegistration_signedApplication;
    request.union_SubmitRegistration.signedApplication = file;
    error = version == 2 ? soap_call___ns3__SubmitRegistration_(soap, endpoint, NULL, &request, &response)
                         : soap_call___ns3__SubmitRegistration(soap, endpoint, NULL, &request, &response);
    result = outcome(soap, error);
    if (result != ANSWERED)
        return result;
    if (response.__union_SubmitRegistrationResponse != SOAP_UNION__ns3__union_SubmitRegistrationResponse_receipt)
        return FAILED;
    struct ns2__Receipt *receipt = response.union_SubmitRegistrationResponse.receipt;
    printf("requestId=%s\ntrackingId=%s\n", request_id, receipt->trackingId);
    printf("receipt=%s\n", soap_s2base64(soap, receipt->signedReceipt.__ptr, NULL, receipt->signedReceipt.__size));
    return ANSWERED;
}

static char *new_request_id(void)
{
    static char text[37];
    unsigned char b[16];
    RAND_bytes(b, sizeof b);
    snprintf(text, sizeof text, "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6] & 15, b[7], b[8] & 15, b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return text;
}

int main(int count, char **arguments)
{
    char endpoint[256];
    struct soap *soap;
    EVP_PKEY *key;
    int version, result;
    if (count < 6)
        return FAILED;
    key = from_pem(arguments[2], read_key);
    gateway = from_pem(arguments[3], read_certificate);
    version = strcmp(arguments[4], "1.2") == 0 ? 2 : 1;
    if (version == 1) { /* the generated table begins with SOAP 1.2, since the contract has both */
        namespaces[0].ns = "http://schemas.xmlsoap.org/soap/envelope/";
        namespaces[1].ns = "http://schemas.xmlsoap.org/soap/encoding/";
    }
    soap_ssl_init();
    soap = soap_new1(SOAP_XML_CANONICAL | SOAP_C_UTFSTRING);
    soap_register_plugin(soap, soap_wsse);
    soap->cafile = arguments[3];
    soap->fsslverify = only_the_gateway;
    soap->fpreparefinalrecv = look_at_what_is_covered; /* the plugin calls it after its own */
    soap->connect_timeout = soap->transfer_timeout = 20;
    sign(soap, arguments[2], key);
    int checking = strcmp(arguments[5], "check") == 0;
    snprintf(endpoint, sizeof endpoint, "%s/soap/%s/v1", arguments[1], checking ? "documents" : "registration");
    result = checking ? check(soap, endpoint, version, new_request_id())
                      : submit(soap, endpoint, version, new_request_id(), arguments[6]);
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
    EVP_PKEY_free(key);
    X509_free(gateway);
    return result;
}
