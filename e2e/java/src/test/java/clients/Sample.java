package clients;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The sample organisation, and where the server under test listens. */
final class Sample {
	static final String SCHEME = environment("MINGCE_SCHEME");
	static final String HOST = environment("MINGCE_HOST");
	static final String URL = SCHEME + "://" + HOST;

	static final String CORP_A = "ding87654321";
	static final String CORP_B = "ding12345678";
	static final String APP_KEY = "dingsampleappkey01";
	static final String APP_SECRET = "sample-app-secret-0001";
	static final String TOKEN = "101w3c04ffa2386da6530e5123bdf260";
	static final String TOKEN_WITHOUT_PERMITS = "303w3c04ffa2386da6530e5123bdf260";
	static final String ADMIN = "102530009661373952";
	static final String FOLLOWER = "023420013645";
	static final String COLLEAGUE = "023420013644";
	static final String CONTACT = "123420013632";

	static final String TOP_KEY = "12345678";
	static final String TOP_SECRET = "helloworld";

	static final String ACCESS_KEY_ID = "testAccessKeyId";
	static final String ACCESS_KEY_SECRET = "testAccessKeySecret";
	static final String RPC_VERSION = "2022-04-19";
	static final String MESSAGE_CONTACT = "c-qL4HqKONzOM7abcd";

	/** What stands for the access key for a while: id, secret and token; and a bearer token. */
	static final List<String> TEMPORARY_KEY = List.of(environment("MINGCE_STS").split(","));
	static final String BEARER_TOKEN = environment("MINGCE_BEARER");

	private static final AtomicLong mobiles = new AtomicLong(13700300000L);

	private Sample() {
	}

	static String environment(String name) {
		String value = System.getenv(name);
		if (value == null || value.isEmpty()) {
			throw new IllegalStateException(name + " is not set");
		}
		return value;
	}

	static String unusedMobile() {
		return Long.toString(mobiles.getAndIncrement());
	}

	/** A name for a message contact: letters only, unique in the directory. */
	static String uniqueName() {
		return ThreadLocalRandom.current().ints(12, 'a', 'z' + 1)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
	}
}
