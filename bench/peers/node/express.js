// A mock as somebody would write it by hand: it checks the token and the body, stores the
// contact in memory, and answers. Nothing is on disk.
const express = require('express');
const contacts = new Map();
const app = express();
app.use(express.json());
app.put('/contacts/:id', (request, response) => {
  if (!request.get('x-acs-dingtalk-access-token')) return response.status(401).json({ code: 'InvalidAuthentication' });
  const c = request.body;
  if (!c.name || !c.follower_user_id || !Array.isArray(c.label_ids)) return response.status(400).json({ code: 'invalid' });
  contacts.set(request.params.id, { ...contacts.get(request.params.id), ...c });
  response.json({ result: { success: true } });
});
app.listen(Number(process.argv[2]), '127.0.0.1');
