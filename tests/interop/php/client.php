<?php // php client.php URL KEY.pem GATEWAY.pem 1.1|1.2 check|register [FILE]; ../README.md says what it prints.
declare(strict_types=1);
require __DIR__ . '/SignedSoapClient.php';

[, $url, $pem, $gateway, $version, $operation] = $argv;
[$pem, $gateway] = [file_get_contents($pem), file_get_contents($gateway)];
$uuid = vsprintf('%s%s-%s-4%.3s-8%.3s-%s%s%s', str_split(bin2hex(random_bytes(18)), 4));
$service = ['check' => 'documents', 'register' => 'registration'][$operation];
try {
    $client = new SignedSoapClient("$url/soap/$service/v1?wsdl", $pem, $gateway, [
        'soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
    if ($operation === 'check') {
        $answer = $client->CheckDocuments([
            'context' => ['requestId' => $uuid, 'purpose' => 'BORDER_CONTROL'],
            'documents' => [
                ['reference' => '1', 'documentType' => 'PASSPORT', 'country' => 'AZE', 'number' => 'C01234567'],
            ],
        ]);
        echo "status={$answer->result->answers[0]->status}\n";
    } else {
        $answer = $client->SubmitRegistration([
            'context' => ['requestId' => $uuid],
            'signedApplication' => file_get_contents($argv[6]), // SoapClient encodes it, and decodes the receipt
        ]);
        $receipt = verify_receipt($answer->receipt->signedReceipt, $gateway);
        echo "requestId=$uuid\ntrackingId={$answer->receipt->trackingId}\n";
        echo 'receiptSays=', only($receipt, $receipt->namespaceURI, 'trackingId')->textContent, "\n";
        echo 'receipt=', base64_encode($answer->receipt->signedReceipt), "\n";
    }
} catch (AnswerRefused $refused) {
    fwrite(STDERR, "refused: {$refused->getMessage()}\n");
    exit(4);
} catch (SoapFault $fault) {
    echo 'fault=', $fault->detail->fault->code ?? throw $fault, "\n";
    exit(3);
}
