// Opens Swagger UI of a running service in headless Chromium, tries an operation, and fails on any request to another
// host, on any console error, and on any answer that is not 200.
//
//     npm ci && node check.mjs http://127.0.0.1:8080 [SCREENSHOT.png]
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:8080';
const screenshot = process.argv[3];
const faults = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(base).origin) faults.push(`asks ${url}`);
  });
  page.on('console', (message) => { if (message.type() === 'error') faults.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));

  await page.goto(`${base}/docs/`);
  await page.waitForSelector('#operations-components-getComponent', { timeout: 60_000 });
  const operations = await page.locator('.opblock').count();
  const operation = page.locator('#operations-components-getComponent');
  await operation.locator('.opblock-summary').first().click();
  const tryOut = operation.locator('button.try-out__btn');
  await operation.locator('.execute, button.try-out__btn').first().waitFor();
  if ((await operation.locator('button.execute').count()) === 0) await tryOut.click();
  await operation.locator('input[placeholder="id"]').fill('fit-connect');
  await operation.locator('button.execute').click();
  const status = operation.locator('.live-responses-table .response-col_status').first();
  await status.waitFor({ timeout: 30_000 });
  const answered = (await operation.locator('.live-responses-table tbody .response-col_status').first().innerText()).trim();
  const body = await operation.locator('.live-responses-table').innerText();
  if (!answered.startsWith('200')) faults.push(`Try it out answered ${answered}`);
  if (!body.includes('fit-connect')) faults.push('Try it out does not show the record');
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(`${operations} operations shown; Try it out answered ${answered}; ${faults.length} faults`);
} finally {
  await browser.close();
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
