'use strict';
// node client.js URL KEY.pem GATEWAY.pem 1.1|1.2 check|register [FILE]; ../README.md says what it prints.
const crypto = require('crypto');
const fs = require('fs');
const { AnswerRefused, only, signedClient, verifiedReceipt } = require('./signed-soap.js');

const SERVICE = { check: 'documents', register: 'registration' };

async function main([url, keyFile, gatewayFile, version, operation, file]) {
  const gateway = new crypto.X509Certificate(fs.readFileSync(gatewayFile)).toString();
  const wsdl = `${url}/soap/${SERVICE[operation]}/v1?wsdl`;
  const client = await signedClient(wsdl, fs.readFileSync(keyFile, 'utf8'), gateway, version);
  const requestId = crypto.randomUUID();
  if (operation === 'check') {
    const [answer] = await client.CheckDocumentsAsync({
      context: { requestId, purpose: 'BORDER_CONTROL' },
      documents: [{ reference: '1', documentType: 'PASSPORT', country: 'AZE', number: 'C01234567' }],
    });
    console.log(`status=${[].concat(answer.result.answers)[0].status}`);
  } else {
    const signedApplication = fs.readFileSync(file).toString('base64');
    const [answer] = await client.SubmitRegistrationAsync({ context: { requestId }, signedApplication });
    const receipt = Buffer.from(answer.receipt.signedReceipt, 'base64').toString('utf8');
    const root = verifiedReceipt(receipt, gateway);
    console.log(`requestId=${requestId}\ntrackingId=${answer.receipt.trackingId}`);
    console.log(`receiptSays=${only(root, root.namespaceURI, 'trackingId').textContent}`);
    console.log(`receipt=${Buffer.from(receipt).toString('base64')}`);
  }
}

main(process.argv.slice(2)).catch((error) => {
  if (error instanceof AnswerRefused) {
    console.error(`refused: ${error.message}`);
    process.exitCode = 4;
    return;
  }
  const fault = error.root?.Envelope.Body.Fault;
  const detail = fault?.detail ?? fault?.Detail;
  if (!detail) throw error;
  console.log(`fault=${detail.fault.code}`);
  process.exitCode = 3;
});
