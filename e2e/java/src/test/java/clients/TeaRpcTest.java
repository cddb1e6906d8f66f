package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.aliyun.tea.TeaException;
import com.aliyun.tearpc.Client;
import com.aliyun.tearpc.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** tea-rpc, on which the older generated clients stand. */
class TeaRpcTest extends Rpc {
	private static Call calls(String method, String secret) {
		return (action, parameters) -> {
			Config config = new Config().setAccessKeyId(Sample.ACCESS_KEY_ID).setAccessKeySecret(secret)
				.setEndpoint(Sample.HOST).setRegionId("cn-hangzhou");
			Client client = new Client(config);
			boolean query = method.equals("GET");
			return client.doRequest(action, Sample.SCHEME, method, Sample.RPC_VERSION, "AK",
				query ? parameters : Map.of(), query ? Map.of() : parameters, new RuntimeOptions());
		};
	}

	@Test
	void get() throws Exception {
		sample(calls("GET", Sample.ACCESS_KEY_SECRET));
		addUpdateGet(calls("GET", Sample.ACCESS_KEY_SECRET));
	}

	@Test
	void post() throws Exception {
		addUpdateGet(calls("POST", Sample.ACCESS_KEY_SECRET));
	}

	@Test
	void errors() {
		TeaException gone = assertThrows(TeaException.class,
			() -> calls("POST", Sample.ACCESS_KEY_SECRET).of("GetMessageContact", Map.of("ContactId", "c-gone")));
		assertEquals("EntityNotExists.Contact", gone.getCode());
		TeaException wrong = assertThrows(TeaException.class,
			() -> calls("POST", "wrong").of("GetMessageContact", Map.of("ContactId", Sample.MESSAGE_CONTACT)));
		assertEquals("SignatureDoesNotMatch", wrong.getCode());
	}
}
