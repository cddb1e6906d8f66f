-- A message contact that exists already has as many versions as its history has
-- changes, and was changed last at the time of the last one.
UPDATE message_contact SET version = (SELECT count(*) FROM audit a
        WHERE a.object = message_contact.id AND a.org = message_contact.org AND a.noun = 'message-contact' AND a.action <> 'send-verification')
    WHERE EXISTS (SELECT 1 FROM audit a
        WHERE a.object = message_contact.id AND a.org = message_contact.org AND a.noun = 'message-contact' AND a.action <> 'send-verification');
UPDATE message_contact SET updated_at = COALESCE((SELECT max(a.at) FROM audit a
        WHERE a.object = message_contact.id AND a.org = message_contact.org AND a.noun = 'message-contact' AND a.action <> 'send-verification'), created_at);
