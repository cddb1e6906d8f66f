// Drives the login pages as a browser does, and resolves the vendor's names to the server under test.
'use strict';

const dns = require('node:dns');
const https = require('node:https');

const lookup = dns.lookup;
dns.lookup = (host, options, callback) =>
  lookup(host.endsWith('.dingtalk.com') ? process.env.MINGCE_IP : host, options, callback);

function send(method, address, cookie, body) {
  return new Promise((resolve, reject) => {
    const headers = cookie ? { cookie } : {};
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const request = https.request(address, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => { text += piece; })
        .on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', reject).end(body);
  });
}

// logIn opens the page, chooses the person, and returns the address that the app is called at.
exports.logIn = async (page, userid) => {
  page = page.split('#')[0];
  const shown = await send('GET', page);
  const token = /name="token" value="([^"]+)"/.exec(shown.text);
  if (!token) throw new Error(`login page: got ${shown.status} without a form`);
  const cookie = shown.headers['set-cookie'].map((c) => c.split(';')[0]).join('; ');
  const answer = await send('POST', page, cookie, new URLSearchParams({ token: token[1], userid }).toString());
  if (!answer.headers.location) throw new Error(`login: got ${answer.status}, want a redirect`);
  return new URL(answer.headers.location);
};
