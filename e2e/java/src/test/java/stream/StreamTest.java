package stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.open.app.api.OpenDingTalkClient;
import com.dingtalk.open.app.api.OpenDingTalkStreamClientBuilder;
import com.dingtalk.open.app.api.message.GenericOpenDingTalkEvent;
import com.dingtalk.open.app.api.security.AuthClientCredential;
import com.dingtalk.open.app.stream.protocol.event.EventAckStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * app-stream-client, whose host is fixed: it must be started with a hosts file that leads
 * to the server under test, and with its authority trusted.
 */
class StreamTest {
	/** Adds an external contact with a number of its own and returns the answer. */
	private static String addContact(int number) throws Exception {
		String contact = "{\"contact\":{\"name\":\"李四\",\"label_ids\":[1],\"follower_user_id\":\"023420013645\","
			+ "\"state_code\":\"86\",\"mobile\":\"" + (13700400000L + number) + "\"}}";
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + System.getenv("MINGCE_HOST")
				+ "/topapi/extcontact/create?access_token=101w3c04ffa2386da6530e5123bdf260"))
			.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(contact)).build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	@Test
	void event() throws Exception {
		BlockingQueue<GenericOpenDingTalkEvent> events = new LinkedBlockingQueue<>();
		OpenDingTalkClient client = OpenDingTalkStreamClientBuilder.custom()
			.credential(new AuthClientCredential("dingsampleappkey01", "sample-app-secret-0001"))
			.registerAllEventListener(event -> {
				events.add(event);
				return EventAckStatus.SUCCESS;
			}).build();
		client.start();
		try {
			// The client connects some time later, and only gets events from then on.
			GenericOpenDingTalkEvent event = null;
			for (int number = 1; event == null && number <= 30; number++) {
				String answer = addContact(number);
				assertTrue(answer.contains("\"errcode\":0"), answer);
				event = events.poll(1, TimeUnit.SECONDS);
			}
			assertNotNull(event, "no event came");
			assertEquals("contact_add_org", event.getEventType());
			assertEquals("ding87654321", event.getEventCorpId());
			assertEquals("李四", event.getData().getString("name"));
		} finally {
			client.stop();
		}
	}
}
