package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.aliyun.auth.credentials.Credential;
import com.aliyun.auth.credentials.provider.StaticCredentialProvider;
import com.aliyun.sdk.gateway.pop.Configuration;
import com.aliyun.sdk.gateway.pop.auth.SignatureAlgorithm;
import com.aliyun.sdk.gateway.pop.auth.SignatureVersion;
import com.aliyun.sdk.gateway.pop.clients.CommonAsyncClient;
import com.aliyun.sdk.gateway.pop.exception.PopClientException;
import com.aliyun.sdk.gateway.pop.models.CommonRequest;
import com.aliyun.core.http.HttpMethod;
import com.google.gson.Gson;
import darabonba.core.client.ClientOverrideConfiguration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** aliyun-gateway-pop, the asynchronous client, whose V3 signatures leave the host out. */
class AsyncTest extends Rpc {
	private static final Credential KEY = Credential.builder()
		.accessKeyId(Sample.ACCESS_KEY_ID).accessKeySecret(Sample.ACCESS_KEY_SECRET).build();

	private static Call calls(Configuration configuration, Credential key) {
		return (action, parameters) -> {
			var builder = CommonAsyncClient.builder().region("cn-hangzhou").credentialsProvider(StaticCredentialProvider.create(key))
				.overrideConfiguration(ClientOverrideConfiguration.create()
					.setProtocol(Sample.SCHEME.toUpperCase()).setEndpointOverride(Sample.HOST));
			if (configuration != null) {
				builder.serviceConfiguration(configuration);
			}
			try (CommonAsyncClient client = builder.build()) {
				var request = CommonRequest.builder().product("ResourceDirectoryMaster").version(Sample.RPC_VERSION)
					.action(action).path("/").httpMethod(HttpMethod.POST);
				parameters.forEach(request::putQueryParameters);
				Object body = client.callApi(request.build()).get().getBody();
				return parse(body instanceof String text ? text : new Gson().toJson(body));
			}
		};
	}

	private static Configuration version(SignatureVersion version) {
		return Configuration.create().setSignatureVersion(version);
	}

	@Test
	void asItComes() throws Exception {
		sample(calls(null, KEY));
		addUpdateGet(calls(null, KEY));
	}

	@Test
	void v3() throws Exception {
		addUpdateGet(calls(version(SignatureVersion.V3), KEY));
	}

	@Test
	void v3BySM3() throws Exception {
		addUpdateGet(calls(version(SignatureVersion.V3).setSignatureAlgorithmV3(SignatureAlgorithm.ACS3_HMAC_SM3), KEY));
	}

	@Test
	void v1() throws Exception {
		addUpdateGet(calls(version(SignatureVersion.V1), KEY));
	}

	@Test
	void temporaryKey() throws Exception {
		addUpdateGet(calls(null, Credential.builder().accessKeyId(Sample.TEMPORARY_KEY.get(0))
			.accessKeySecret(Sample.TEMPORARY_KEY.get(1)).securityToken(Sample.TEMPORARY_KEY.get(2)).build()));
	}

	private static void refused(String code, Credential key, String contact) {
		ExecutionException e = assertThrows(ExecutionException.class,
			() -> calls(null, key).of("GetMessageContact", Map.of("ContactId", contact)));
		assertEquals(code, ((PopClientException) e.getCause()).getErrCode(), e.getMessage());
	}

	@Test
	void errors() {
		refused("EntityNotExists.Contact", KEY, "c-gone");
		refused("SignatureDoesNotMatch",
			Credential.builder().accessKeyId(Sample.ACCESS_KEY_ID).accessKeySecret("wrong").build(), Sample.MESSAGE_CONTACT);
	}
}
