package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.test.ScriptedServer.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that says when to come back, over sockets and in a time that is pushed. */
class RetryAfterCallsTest {
  private ClientFixture rig = ClientFixture.inTurn(chat("hello"));

  @AfterEach
  void close() {
    rig.close();
  }

  private ClientFixture answering(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig;
  }

  private Duration waited() {
    return rig.pushed.pauses().stream().reduce(Duration.ZERO, Duration::plus);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 409, 429, 500, 502, 503, 504, 529})
  void waitsForTheNamedTimeWithEveryRetriableStatus(int status) {
    LlmClient client =
        answering(error(status, "busy", "later", "Retry-After", "20"), chat("hello")).client();

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(waited()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(23));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'error':{'code':429,'message':'x','details':[{'retryDelay':'20s'}]}}] | content-type | x",
        "{'error':{'message':'Rate limit reached. Please try again in 20s.'}} | content-type | x",
        "{'error':{'code':429,'metadata':{'headers':{'Retry-After':'20'}}}} | content-type | x",
        "{} | x-ratelimit-reset-requests | 20s",
        "{} | retry-after-ms | 20000"
      })
  void waitsForTheTimeWhereverTheServerNamesIt(String body, String header, String value) {
    Reply later = json(429, body.replace('\'', '"'), header, value);
    LlmClient client = answering(later, chat("hello")).client();

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(waited()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(23));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "999999999",
        "99999999999999999999",
        "1700000000",
        "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void usesBackoffIfTheNamedTimeIsImpossible(String value) {
    LlmClient client =
        answering(error(429, "slow", "down", "Retry-After", value), chat("hello")).client();

    assertThat(client.complete("hi")).isEqualTo("hello");
    assertThat(waited()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void sendsNoMoreRequestsForASingleCallThanItsAttempts() {
    LlmClient client =
        answering(error(429, "slow", "down", "Retry-After", "1"))
            .with("SYNTHLAB_LLM_MAX_ATTEMPTS", "2")
            .client();

    assertThatExceptionOfType(CallException.RateLimited.class)
        .isThrownBy(() -> client.complete("hi"));
    assertThat(rig.requests()).isEqualTo(2);
  }

  @Test
  void doublesThePauseOfAServerThatKeepsNamingTheSameShortTime() {
    LlmClient client = answering(error(503, "busy", "later", "Retry-After", "1")).asBulk().client();

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> client.complete("hi"));
    // Ten minutes of waiting that costs no attempt, then eight attempts.
    assertThat(rig.requests()).isBetween(20, 30);
    assertThat(waited()).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(20));
  }
}
