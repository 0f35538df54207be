// Reads cases as JSON lines {quote, collateral, time} (base64, object, seconds) from stdin and prints for each what dcap-qvl says: {status, advisories} or {error}.
import { createInterface } from 'node:readline';
import qvl from '@phala/dcap-qvl';

for await (const line of createInterface({ input: process.stdin })) {
  const { quote, collateral, time } = JSON.parse(line);
  try {
    const report = qvl.verify(new Uint8Array(Buffer.from(quote, 'base64')), collateral, time);
    console.log(JSON.stringify({ status: report.status, advisories: report.advisory_ids }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message) }));
  }
}
