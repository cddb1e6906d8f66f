package clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.api.DefaultDingTalkClient;
import com.dingtalk.api.request.CorpExtAddRequest;
import com.dingtalk.api.request.CorpExtListRequest;
import com.dingtalk.api.request.CorpExtcontactCreateRequest;
import com.dingtalk.api.request.CorpExtcontactDeleteRequest;
import com.dingtalk.api.request.CorpExtcontactGetRequest;
import com.dingtalk.api.request.CorpExtcontactListRequest;
import com.dingtalk.api.request.CorpExtcontactListlabelgroupsRequest;
import com.dingtalk.api.request.CorpExtcontactUpdateRequest;
import com.dingtalk.api.response.CorpExtcontactGetResponse;
import com.dingtalk.api.response.CorpExtcontactUpdateResponse;
import com.taobao.api.BatchTaobaoClient;
import com.taobao.api.DefaultTaobaoClient;
import com.taobao.api.TaobaoBatchRequest;
import com.taobao.api.TaobaoBatchResponse;
import com.taobao.api.TaobaoClient;
import com.taobao.api.TaobaoRequest;
import com.taobao.api.TaobaoResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** alibaba-dingtalk-service-sdk over the TOP gateway. */
class TopTest {
	private static final String URL = Sample.URL + "/router/rest";

	private static DefaultDingTalkClient client() {
		return new DefaultDingTalkClient(URL);
	}

	private static <T extends TaobaoResponse> T call(TaobaoRequest<T> request) throws Exception {
		return client().execute(request, Sample.TOKEN);
	}

	/** The contact of 000_086062a6549f3f03.txt. */
	private static CorpExtcontactUpdateRequest update(String remark, CorpExtcontactUpdateRequest request) {
		CorpExtcontactUpdateRequest.OpenExtContact contact = new CorpExtcontactUpdateRequest.OpenExtContact();
		contact.setTitle("开发工程师");
		contact.setLabelIds(List.of(1L, 2L, 3L));
		contact.setShareDeptIds(List.of(1L, 2L, 3L));
		contact.setAddress("地址内容");
		contact.setRemark(remark);
		contact.setFollowerUserId(Sample.FOLLOWER);
		contact.setName("张三");
		contact.setUserId(Sample.CONTACT);
		contact.setCompanyName("钉钉");
		contact.setShareUserIds(List.of(Sample.COLLEAGUE));
		request.setContact(contact);
		return request;
	}

	/** The SDK signs no request that says it is one of DingTalk's. */
	private static class SignedUpdate extends CorpExtcontactUpdateRequest {
		@Override
		public String getTopApiCallType() {
			return null;
		}
	}

	private static class SignedGet extends CorpExtcontactGetRequest {
		@Override
		public String getTopApiCallType() {
			return null;
		}
	}

	private static CorpExtcontactCreateRequest create(String mobile) {
		CorpExtcontactCreateRequest.OpenExtContact contact = new CorpExtcontactCreateRequest.OpenExtContact();
		contact.setName("诸葛亮");
		contact.setFollowerUserId(Sample.FOLLOWER);
		contact.setStateCode("86");
		contact.setMobile(mobile);
		contact.setLabelIds(List.of(1L, 2393865715L));
		CorpExtcontactCreateRequest request = new CorpExtcontactCreateRequest();
		request.setContact(contact);
		return request;
	}

	private static CorpExtcontactGetRequest get(String id) {
		return get(id, new CorpExtcontactGetRequest());
	}

	private static CorpExtcontactGetRequest get(String id, CorpExtcontactGetRequest request) {
		request.setUserId(id);
		return request;
	}

	@ParameterizedTest(name = "updateAndGetAs {0}")
	@ValueSource(strings = {"json", "xml"})
	void updateAndGet(String format) throws Exception {
		TaobaoClient client = new DefaultTaobaoClient(URL, null, null, format);
		var updated = client.execute(update("备注 " + format, new CorpExtcontactUpdateRequest()), Sample.TOKEN);
		assertTrue(updated.isSuccess(), updated.getBody());
		assertEquals("成功", updated.getResult().getErrorMsg());
		assertTrue(updated.getBody().startsWith(format.equals("xml") ? "<?xml" : "{"), updated.getBody());

		var contact = client.execute(get(Sample.CONTACT), Sample.TOKEN).getResult().getResult();
		assertEquals("备注 " + format, contact.getRemark());
		assertEquals(List.of(1L, 2L, 3L), contact.getLabelIds());
		assertEquals(List.of(Sample.COLLEAGUE), contact.getShareUserIds());
	}

	@Test
	void simplifiedJson() throws Exception {
		DefaultDingTalkClient client = client();
		client.setUseSimplifyJson(true);
		var got = client.execute(get(Sample.CONTACT), Sample.TOKEN);
		assertTrue(got.isSuccess(), got.getBody());
		assertEquals(Sample.CONTACT, got.getResult().getResult().getUserid());
		assertFalse(got.getBody().contains("dingtalk_corp_extcontact_get_response"), got.getBody());
	}

	@ParameterizedTest(name = "signedBy {0}")
	@ValueSource(strings = {"md5", "hmac", "hmac-sha256"})
	void signed(String method) throws Exception {
		TaobaoClient client = new DefaultTaobaoClient(URL, Sample.TOP_KEY, Sample.TOP_SECRET, "json", 3000, 15000, method);
		var updated = client.execute(update("signed by " + method, new SignedUpdate()), Sample.TOKEN);
		assertTrue(updated.isSuccess(), updated.getBody());
		assertTrue(updated.getResult().getSuccess(), updated.getBody());
		var got = client.execute(get(Sample.CONTACT, new SignedGet()), Sample.TOKEN);
		assertEquals("signed by " + method, got.getResult().getResult().getRemark());
	}

	@Test
	void wrongSecret() throws Exception {
		var refused = new DefaultTaobaoClient(URL, Sample.TOP_KEY, "wrong")
			.execute(get(Sample.CONTACT, new SignedGet()), Sample.TOKEN);
		assertEquals("25", refused.getErrorCode(), refused.getBody());
	}

	@ParameterizedTest(name = "batchIn {0}")
	@ValueSource(strings = {"json", "xml"})
	void batch(String format) throws Exception {
		TaobaoBatchRequest requests = new TaobaoBatchRequest();
		requests.addRequest(get(Sample.CONTACT));
		requests.addRequest(update("batch " + format, new CorpExtcontactUpdateRequest()));
		requests.addRequest(get("1"));
		TaobaoClient client = new BatchTaobaoClient(Sample.URL + "/router/batch", Sample.TOP_KEY, Sample.TOP_SECRET, format);
		TaobaoBatchResponse answers = client.execute(requests, Sample.TOKEN);
		assertTrue(answers.isSuccess(), answers.getBody());
		assertEquals(3, answers.getResponseList().size(), answers.getBody());
		var first = (CorpExtcontactGetResponse) answers.getResponseList().get(0);
		assertEquals(Sample.CONTACT, first.getResult().getResult().getUserid());
		var second = (CorpExtcontactUpdateResponse) answers.getResponseList().get(1);
		assertTrue(second.getResult().getSuccess(), second.getBody());
		var third = (CorpExtcontactGetResponse) answers.getResponseList().get(2);
		assertEquals(false, third.getResult().getSuccess());

		TaobaoBatchResponse refused = new BatchTaobaoClient(Sample.URL + "/router/batch", Sample.TOP_KEY, "wrong", format)
			.execute(requests, Sample.TOKEN);
		assertEquals("25", refused.getErrorCode(), refused.getBody());
	}

	@Test
	void fromCreateToDelete() throws Exception {
		String mobile = Sample.unusedMobile();
		var created = call(create(mobile)).getResult();
		assertTrue(created.getSuccess());
		assertEquals(60201L, call(create(mobile)).getResult().getDingOpenErrcode());

		CorpExtcontactListRequest page = new CorpExtcontactListRequest();
		page.setOffset(0L);
		page.setSize(100L);
		assertTrue(call(page).getBody().contains(mobile));
		CorpExtcontactListlabelgroupsRequest groups = new CorpExtcontactListlabelgroupsRequest();
		groups.setOffset(0L);
		groups.setSize(20L);
		assertTrue(call(groups).getBody().contains("2393865715"));
		assertEquals(List.of(1L, 2393865715L), call(get(created.getUserid())).getResult().getResult().getLabelIds());

		CorpExtcontactDeleteRequest delete = new CorpExtcontactDeleteRequest();
		delete.setUserid(created.getUserid());
		assertTrue(call(delete).getResult().getSuccess());
		assertEquals(33012L, call(delete).getResult().getDingOpenErrcode());
	}

	@Test
	void otherSpelling() throws Exception {
		String mobile = Sample.unusedMobile();
		CorpExtAddRequest add = new CorpExtAddRequest();
		add.setContact("{\"name\":\"曾小贤\",\"follower_userid\":\"" + Sample.FOLLOWER
			+ "\",\"state_code\":\"86\",\"mobile\":\"" + mobile + "\",\"label_ids\":[2]}");
		var added = call(add);
		assertTrue(added.isSuccess(), added.getBody());
		CorpExtListRequest page = new CorpExtListRequest();
		page.setOffset(0L);
		page.setSize(100L);
		assertTrue(call(page).getResult().contains("\"userid\":\"" + added.getUserid() + "\""));
	}

	@Test
	void errors() throws Exception {
		CorpExtcontactUpdateRequest broken = new CorpExtcontactUpdateRequest();
		broken.setContact("{");
		var refused = call(broken);
		assertEquals(List.of("50", "isv.invalid-parameter", "非法参数"),
			List.of(refused.getErrorCode(), refused.getSubCode(), refused.getSubMsg()));

		var stranger = client().execute(get(Sample.CONTACT), "no-such-token");
		assertEquals(List.of("88", "40014"), List.of(stranger.getErrorCode(), stranger.getSubCode()));
	}
}
