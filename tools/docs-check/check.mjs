// Opens Swagger UI of a running service in headless Chromium, tries an operation, and fails on any request to another
// host, on any console error, and on any answer that is not 200. With a token it is pasted into "Authorize", and a write
// is tried with `dryRun=true`. `run` beside this file starts a service and gets the token.
//
//     npm ci && TOKEN=… node check.mjs http://127.0.0.1:8080 [SCREENSHOT.png]
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:8080';
const screenshot = process.argv[3];
const token = process.env.TOKEN;
const faults = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** Unfolds an operation; answers its block. */
async function unfold(page, id) {
  const operation = page.locator(`#operations-${id}`);
  await operation.locator('.opblock-summary').first().click();
  await operation.locator('button.execute, button.try-out__btn').first().waitFor();
  if ((await operation.locator('button.execute').count()) === 0) await operation.locator('button.try-out__btn').click();
  return operation;
}

/** Sends the operation; answers its status and all that is shown of the answer. */
async function execute(operation) {
  await operation.locator('button.execute').click();
  const status = operation.locator('.live-responses-table tbody .response-col_status').first();
  await status.waitFor({ timeout: 30_000 });
  return [(await status.innerText()).trim(), await operation.locator('.live-responses-table').innerText()];
}

/** Pastes the token into the dialog, as a person would. */
async function authorize(page) {
  await page.locator('.auth-wrapper button.authorize').first().click();
  const form = page.locator('.dialog-ux .auth-container').filter({ hasText: 'bearer' }).first();
  await form.locator('input').first().fill(token);
  await form.locator('button.authorize').click();
  await form.getByText('Authorized').waitFor({ timeout: 10_000 });
  await page.locator('.dialog-ux button.btn-done').first().click();
}

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

  const read = await unfold(page, 'components-getComponent');
  await read.locator('input[placeholder="id"]').fill('fit-connect');
  const [answered, body] = await execute(read);
  if (!answered.startsWith('200')) faults.push(`Try it out answered ${answered}`);
  if (!body.includes('fit-connect')) faults.push('Try it out does not show the record');
  let done = `Try it out answered ${answered}`;

  if (token) {
    await authorize(page);
    const write = await unfold(page, 'components-createComponent');
    if (!(await write.innerText()).includes('components:write')) faults.push('createComponent does not name its scope');
    await write.locator('tr[data-param-name="dryRun"] select').selectOption('true');
    // The example of the body, owned by the organisation of the token.
    const text = write.locator('textarea.body-param__text');
    const example = JSON.parse(await text.inputValue());
    await text.fill(JSON.stringify({ ...example, slug: undefined, owner: process.env.OWNER ?? 'dataport' }));
    const [written, preview] = await execute(write);
    if (!written.startsWith('200')) faults.push(`a write with dryRun answered ${written}: ${preview.slice(0, 2000)}`);
    if (!preview.includes('dryRun')) faults.push('the write shows no preview');
    done += `, a write with dryRun ${written}`;
  }
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(`${operations} operations shown; ${done}; ${faults.length} faults`);
} finally {
  await browser.close();
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length ? 1 : 0;
