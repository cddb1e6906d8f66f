package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.Gson;
import java.util.List;
import java.util.Map;

/** What every client for Alibaba Cloud's RPC is asked to do; each brings its own call. */
abstract class Rpc {
	interface Call {
		/** Returns the answer as the client shows it; lists are given as Name.1, Name.2. */
		Map<String, ?> of(String action, Map<String, String> parameters) throws Exception;
	}

	@SuppressWarnings("unchecked")
	static Map<String, ?> parse(String json) {
		return new Gson().fromJson(json, Map.class);
	}

	static Map<?, ?> contact(Map<String, ?> answer) {
		assertNotNull(answer.get("Contact"), answer::toString);
		return (Map<?, ?>) answer.get("Contact");
	}

	static void addUpdateGet(Call call) throws Exception {
		String name = Sample.uniqueName();
		var added = call.of("AddMessageContact", Map.of("Name", name, "EmailAddress", "a+b@example.com",
			"Title", "CEO", "MessageTypes.1", "AccountExpenses", "MessageTypes.2", "SecurityMessage"));
		String id = (String) contact(added).get("ContactId");
		var updated = call.of("UpdateMessageContact",
			Map.of("ContactId", id, "Title", "TechnicalDirector", "MessageTypes.1", "FaultMessage"));
		assertNotNull(updated.get("RequestId"), updated::toString);
		Map<?, ?> got = contact(call.of("GetMessageContact", Map.of("ContactId", id)));
		assertEquals(List.of(name, "a+b@example.com", "TechnicalDirector", List.of("FaultMessage")),
			List.of(got.get("Name"), got.get("EmailAddress"), got.get("Title"), got.get("MessageTypes")));
	}

	/** The request of 002_04536345c67f442b.txt with its masked values filled in. */
	static void sample(Call call) throws Exception {
		var updated = call.of("UpdateMessageContact", Map.of("ContactId", Sample.MESSAGE_CONTACT, "Name", "tom",
			"EmailAddress", "someone@example.com", "PhoneNumber", "86-13900001234",
			"Title", "TechnicalDirector", "MessageTypes.1", "AccountExpenses"));
		assertNotNull(updated.get("RequestId"), updated::toString);
	}
}
