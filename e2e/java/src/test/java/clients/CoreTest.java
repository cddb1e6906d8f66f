package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.auth.AlibabaCloudCredentials;
import com.aliyuncs.auth.BasicCredentials;
import com.aliyuncs.auth.BasicSessionCredentials;
import com.aliyuncs.auth.BearerTokenCredentials;
import com.aliyuncs.auth.SignatureVersion;
import com.aliyuncs.auth.signers.SignatureAlgorithm;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.FormatType;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** aliyun-java-sdk-core. */
class CoreTest extends Rpc {
	private static final AlibabaCloudCredentials KEY = new BasicCredentials(Sample.ACCESS_KEY_ID, Sample.ACCESS_KEY_SECRET);

	private static CommonRequest request(String action, Map<String, String> parameters) {
		CommonRequest request = new CommonRequest();
		request.setSysDomain(Sample.HOST);
		request.setSysProtocol(Sample.SCHEME.equals("https") ? ProtocolType.HTTPS : ProtocolType.HTTP);
		request.setSysVersion(Sample.RPC_VERSION);
		request.setSysAction(action);
		request.setSysMethod(MethodType.POST);
		parameters.forEach(request::putQueryParameter);
		return request;
	}

	private static DefaultAcsClient client(AlibabaCloudCredentials key) {
		return new DefaultAcsClient(DefaultProfile.getProfile("cn-hangzhou"), key);
	}

	private static String send(AlibabaCloudCredentials key, String action, Map<String, String> parameters, Consumer<CommonRequest> how)
			throws ClientException {
		CommonRequest request = request(action, parameters);
		how.accept(request);
		return client(key).getCommonResponse(request).getData();
	}

	private static Call calls(AlibabaCloudCredentials key, Consumer<CommonRequest> how) {
		return (action, parameters) -> parse(send(key, action, parameters, how));
	}

	private static void inAForm(CommonRequest request) {
		request.getSysQueryParameters().forEach(request::putBodyParameter);
		request.getSysQueryParameters().clear();
	}

	private static void v3(CommonRequest request) {
		request.setSysSignatureVersion(SignatureVersion.V3);
	}

	@Test
	void v1ByPost() throws Exception {
		sample(calls(KEY, request -> { }));
		addUpdateGet(calls(KEY, request -> { }));
	}

	@Test
	void v1ByGet() throws Exception {
		addUpdateGet(calls(KEY, request -> request.setSysMethod(MethodType.GET)));
	}

	@Test
	void v1WithAForm() throws Exception {
		addUpdateGet(calls(KEY, CoreTest::inAForm));
	}

	@Test
	void xml() throws Exception {
		String answer = send(KEY, "GetMessageContact", Map.of("ContactId", Sample.MESSAGE_CONTACT),
			request -> request.setSysAccept(FormatType.XML));
		assertTrue(answer.contains("<ContactId>" + Sample.MESSAGE_CONTACT + "</ContactId>"), answer);
	}

	@Test
	void v3ByPost() throws Exception {
		addUpdateGet(calls(KEY, CoreTest::v3));
	}

	@Test
	void v3ByGet() throws Exception {
		addUpdateGet(calls(KEY, request -> {
			v3(request);
			request.setSysMethod(MethodType.GET);
		}));
	}

	@Test
	void v3WithAForm() throws Exception {
		addUpdateGet(calls(KEY, request -> {
			v3(request);
			inAForm(request);
		}));
	}

	@Test
	void v3BySM3() throws Exception {
		addUpdateGet(calls(KEY, request -> {
			v3(request);
			request.setSysSignatureAlgorithm(SignatureAlgorithm.ACS3_HMAC_SM3);
		}));
	}

	@Test
	void temporaryKey() throws Exception {
		AlibabaCloudCredentials key = new BasicSessionCredentials(
			Sample.TEMPORARY_KEY.get(0), Sample.TEMPORARY_KEY.get(1), Sample.TEMPORARY_KEY.get(2));
		addUpdateGet(calls(key, request -> { }));
		addUpdateGet(calls(key, CoreTest::v3));
	}

	@Test
	void bearerToken() throws Exception {
		addUpdateGet(calls(new BearerTokenCredentials(Sample.BEARER_TOKEN), request -> { }));
		refused("InvalidBearerToken", new BearerTokenCredentials("bt-unknown"), Sample.MESSAGE_CONTACT, request -> { });
	}

	private static void refused(String code, AlibabaCloudCredentials key, String contact, Consumer<CommonRequest> how) {
		ClientException e = assertThrows(ClientException.class,
			() -> send(key, "GetMessageContact", Map.of("ContactId", contact), how));
		assertEquals(code, e.getErrCode(), e.getMessage());
	}

	@Test
	void errors() {
		AlibabaCloudCredentials wrong = new BasicCredentials(Sample.ACCESS_KEY_ID, "wrong");
		refused("EntityNotExists.Contact", KEY, "c-gone", request -> { });
		refused("EntityNotExists.Contact", KEY, "c-gone", CoreTest::v3);
		refused("SignatureDoesNotMatch", wrong, Sample.MESSAGE_CONTACT, CoreTest::v3);
		refused("SignatureDoesNotMatch", wrong, Sample.MESSAGE_CONTACT, request -> { });
	}

	/**
	 * With calls like those of the generated clients, the SDK compares the server's string to sign
	 * with its own, and blames the secret only if they are identical.
	 */
	@Test
	void wrongSecret() {
		CommonRequest request = request("GetMessageContact", Map.of("ContactId", Sample.MESSAGE_CONTACT));
		DefaultAcsClient client = client(new BasicCredentials(Sample.ACCESS_KEY_ID, "wrong"));
		ClientException e = assertThrows(ClientException.class, () -> client.getAcsResponse(request.buildRequest()));
		assertEquals("SDK.InvalidAccessKeySecret", e.getErrCode(), e.getMessage());
	}
}
