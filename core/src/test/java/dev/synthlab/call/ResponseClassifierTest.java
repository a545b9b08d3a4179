package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.Fault.Kind;
import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseClassifierTest {
  private static final Route ROUTE = new Route(URI.create("http://a.test:81/v1"), "KEY", "m");
  private static final Route LOCAL = new Route(URI.create("local:embedded"), "", "m");
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static AttemptResult.ResponseReceived arrived(
      int status, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new AttemptResult.ResponseReceived(
        status, Headers.of(headers), new ByteArrayInputStream(bytes));
  }

  private static Verdict<String> verdict(int status, String body, String... headers)
      throws IOException {
    return ResponseClassifier.of(arrived(status, body, headers), ROUTE, NOW);
  }

  private static Fault fault(Verdict<String> verdict) {
    return switch (verdict) {
      case Verdict.TryAgain<String> again -> again.fault();
      case Verdict.GiveUp<String> over -> over.fault();
      case Verdict.ReplaceWith<String> next -> next.fault();
      case Verdict.Accept<String> accept -> throw new AssertionError("accepted " + accept);
    };
  }

  private static Fault fault(int status, String body, String... headers) throws IOException {
    return fault(verdict(status, body, headers));
  }

  private static boolean again(Verdict<String> verdict) {
    return verdict instanceof Verdict.TryAgain<String>;
  }

  @ParameterizedTest
  @CsvSource({
    "300, REDIRECTED, false",
    "308, REDIRECTED, false",
    "399, REDIRECTED, false",
    "400, BAD_REQUEST, false",
    "401, AUTHENTICATION, false",
    "402, QUOTA_EXCEEDED, false",
    "403, AUTHENTICATION, false",
    "404, NOT_FOUND, false",
    "407, CONNECTION_FAILED, false",
    "408, SERVER_FAILED, true",
    "409, SERVER_FAILED, true",
    "413, BAD_REQUEST, false",
    "422, BAD_REQUEST, false",
    "425, SERVER_FAILED, true",
    "429, RATE_LIMITED, true",
    "499, BAD_REQUEST, false",
    "500, SERVER_FAILED, true",
    "501, SERVER_FAILED, false",
    "503, SERVER_FAILED, true",
    "505, SERVER_FAILED, false",
    "511, SERVER_FAILED, false",
    "529, SERVER_FAILED, true"
  })
  void classifiesEachHttpStatus(int status, Kind kind, boolean again) throws IOException {
    Verdict<String> verdict = verdict(status, "");

    assertThat(fault(verdict).kind()).isEqualTo(kind);
    assertThat(fault(verdict).status()).hasValue(status);
    assertThat(again(verdict)).isEqualTo(again);
  }

  @ParameterizedTest
  @CsvSource({
    "429, insufficient_quota, '', QUOTA_EXCEEDED",
    "429, '', insufficient_quota, QUOTA_EXCEEDED",
    "429, billing_not_active, '', QUOTA_EXCEEDED",
    "429, rate_limit_exceeded, requests, RATE_LIMITED",
    "400, insufficient_quota, '', QUOTA_EXCEEDED",
    "403, insufficient_quota, '', QUOTA_EXCEEDED",
    "500, '', insufficient_quota, QUOTA_EXCEEDED",
    "429, '', exceeded_current_quota_error, QUOTA_EXCEEDED",
    "429, quota_exceeded, '', QUOTA_EXCEEDED"
  })
  void distinguishesExhaustedQuotaFromRateLimiting(int status, String code, String type, Kind kind)
      throws IOException {
    String body = "{\"error\": {\"code\": \"" + code + "\", \"type\": \"" + type + "\"}}";

    assertThat(fault(status, body, "x-should-retry", "true").kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "400, true, true",
    "400, ' TRUE ', true",
    "500, False, false",
    "500, perhaps, true",
    "400, perhaps, false",
    "302, true, false",
    "402, true, false"
  })
  void followsTheShouldRetryHeader(int status, String says, boolean again) throws IOException {
    assertThat(again(verdict(status, "", "x-should-retry", says))).isEqualTo(again);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429 | {'error':'Limit of 50 requests per day reached'} | QUOTA_EXCEEDED",
        "429 | {'error':'free-models-per-day: add 10 credits'} | QUOTA_EXCEEDED",
        "429 | {'error':'Limit reached on tokens per day (TPD): Limit 9'} | QUOTA_EXCEEDED",
        "429 | {'error':'limited to 1000 API calls / month'} | QUOTA_EXCEEDED",
        "429 | {'error':{'details':[{'violations':[{'quotaId':'RequestsPerDay'}]}]}} | QUOTA_EXCEEDED",
        "429 | {'error':{'message':'x','metadata':{'limit_source':'free_daily'}}} | QUOTA_EXCEEDED",
        "403 | {'error':{'errors':[{'reason':'dailyLimitExceeded'}]}} | QUOTA_EXCEEDED",
        "429 | {'error':'Limit of 50 requests per minute; 1000 per day'} | RATE_LIMITED",
        "429 | {'error':{'message':'You exceeded your current quota, please check your plan and billing details','details':[{'violations':[{'quotaId':'RequestsPerMinute-FreeTier'}]}]}} | RATE_LIMITED",
        "429 | {'error':'free-models-per-min'} | RATE_LIMITED",
        "429 | {'error':{'code':'quota_exceeded','message':'5 requests per minute'}} | RATE_LIMITED",
        "500 | {'error':'the daily backup runs'} | SERVER_FAILED"
      })
  void distinguishesLongLimitsFromLimitsPerMinute(int status, String body, Kind kind)
      throws IOException {
    assertThat(fault(status, body.replace('\'', '"')).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'error':{'code':'invalid_api_key','message':'x'}} | AUTHENTICATION",
        "400 | [{'error':{'code':400,'status':'INVALID_ARGUMENT','message':'x','details':[{'reason':'API_KEY_INVALID'}]}}] | AUTHENTICATION",
        "400 | {'error':'API key not valid. Please pass a valid API key.'} | AUTHENTICATION",
        "400 | {'error':{'error':{'code':401,'message':'x'}}} | AUTHENTICATION",
        "400 | {'error':{'message':'No connected db.','type':'no_db_connection','param':null,'code':'400'}} | AUTHENTICATION",
        "500 | {'error':{'type':'authentication_error','message':'x'}} | AUTHENTICATION",
        "500 | {'error':{'code':401,'message':'x'}} | AUTHENTICATION",
        "400 | {'type':'error','error':{'type':'invalid_request_error','message':'Your credit balance is too low to access the API.'}} | QUOTA_EXCEEDED",
        "400 | {'error':{'type':'budget_exceeded','message':'x','code':'400'}} | QUOTA_EXCEEDED",
        "400 | {'error':{'code':'content_filter','message':'x'}} | PROMPT_FILTERED",
        "400 | {'error':{'code':'content_policy_violation','message':'x'}} | PROMPT_FILTERED",
        "400 | {'error':{'code':'400','message':'x','innererror':{'code':'ResponsibleAIPolicyViolation'}}} | PROMPT_FILTERED",
        "400 | {'error':'Your request was rejected by our safety system'} | PROMPT_FILTERED",
        "403 | {'error':{'code':403,'message':'The model requires moderation and your input was flagged'}} | PROMPT_FILTERED",
        "400 | {'error':'messages: at least one key is missing'} | BAD_REQUEST",
        "404 | {'error':'no api key route'} | NOT_FOUND"
      })
  void classifiesRejectedKeysEmptyAccountsAndFiltersInEveryForm(int status, String body, Kind kind)
      throws IOException {
    Verdict<String> verdict = verdict(status, body.replace('\'', '"'));

    assertThat(fault(verdict).kind()).isEqualTo(kind);
    assertThat(again(verdict)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "408, true, false",
    "409, true, false",
    "429, true, true",
    "500, true, false",
    "502, true, false",
    "503, true, true",
    "504, true, false",
    "529, true, true",
    "400, false, false"
  })
  void readsRetryAfterForEveryRetriableStatus(int status, boolean taken, boolean throttled)
      throws IOException {
    Verdict<String> verdict = verdict(status, "", "Retry-After", "7.5");

    Optional<Duration> wait = taken ? Optional.of(Duration.ofMillis(7_500)) : Optional.empty();
    assertThat(fault(verdict).retryAfter()).isEqualTo(wait);
    assertThat(fault(verdict).message().contains("it asks to wait 7.5 s")).isEqualTo(taken);
    assertThat(again(verdict)).isEqualTo(taken);
    if (verdict instanceof Verdict.TryAgain<String> again) {
      assertThat(again.pause()).isEqualTo(wait);
      assertThat(again.throttled()).isEqualTo(throttled);
    }
  }

  @Test
  void keepsTheTimeToWaitOfA429ThatIsNotTriedAgain() throws IOException {
    Fault fault = fault(429, "", "Retry-After", "7", "x-should-retry", "false");

    assertThat(fault.retryAfter()).contains(Duration.ofSeconds(7));
  }

  @Test
  void reportsCodeParameterAndRequestId() throws IOException {
    Fault fault =
        fault(
            400,
            "{\"error\": {\"code\": \"c\", \"type\": \"t\", \"param\": \"p\", \"message\": \" no \"}}",
            "x-request-id",
            "r-1");

    assertThat(fault.code()).contains("c");
    assertThat(fault.parameter()).contains("p");
    assertThat(fault.requestId()).contains("r-1");
    assertThat(fault.message()).isEqualTo("400 c from a.test:81: no");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\": {\"type\": \"t\", \"message\": \"no\"}} | 400 t from a.test:81: no",
        "{\"error\": {\"code\": 7}} | 400 7 from a.test:81: {\"code\":7}",
        "{\"error\": {\"code\": \" \", \"message\": \"no\"}} | 400 from a.test:81: no",
        "{\"error\": \"no\"} | 400 from a.test:81: no",
        "{\"message\": \"no\"} | 400 from a.test:81: no",
        "{\"detail\": \"no\"} | 400 from a.test:81: no",
        "{\"error\": {\"code\": 400, \"message\": \"no\"}} | 400 from a.test:81: no",
        "{\"error\": {\"code\": \"400\", \"type\": \"None\", \"message\": \"no\"}} | 400 from a.test:81: no",
        "{\"error\": {\"code\": 400, \"status\": \"BAD\", \"message\": \"no\"}} | 400 BAD from a.test:81: no",
        "{\"error\": {\"message\": \"no\\n\\n way\\r\\nout\"}} | 400 from a.test:81: no way out",
        "{\"other\": 1} | 400 from a.test:81: {\"other\":1}",
        "[1] | 400 from a.test:81: [1]",
        "plain words | 400 from a.test:81: plain words",
        "'' | 400 from a.test:81"
      })
  void findsTheErrorMessageInEveryCommonFormat(String body, String message) throws IOException {
    assertThat(fault(400, body).message()).isEqualTo(message);
  }

  @Test
  void truncatesAPageMoreThanAnErrorMessage() throws IOException {
    assertThat(fault(500, "x".repeat(5_000)).message()).hasSizeBetween(200, 230);
    assertThat(fault(500, "{\"error\": \"" + "x".repeat(5_000) + "\"}").message())
        .hasSizeBetween(2_000, 2_030);
    assertThat(fault(500, "{\"error\": {\"code\": \"" + "x".repeat(500) + "\"}}").code().orElse(""))
        .hasSize(101);
  }

  @ParameterizedTest
  @CsvSource({
    "https://b.test/x?key=1, which points to https://b.test;",
    "/elsewhere, which points to /elsewhere;",
    "http://[, which points to an address that cannot be read;"
  })
  void reportsTheTargetOfARedirectWithoutItsQuery(String location, String words)
      throws IOException {
    assertThat(fault(307, "", "Location", location).message())
        .contains(words)
        .endsWith("redirects are not followed");
  }

  @Test
  void reportsARedirectWithoutATarget() throws IOException {
    assertThat(fault(307, "").message()).contains("which points to nowhere");
    assertThat(fault(400, "", "Location", "/x").message()).doesNotContain("points");
  }

  @Test
  void reportsWhatWasNotFoundAndWhichHostRefused() throws IOException {
    assertThat(fault(404, "").message()).isEqualTo("404 from a.test:81 for m");
    assertThat(fault(407, "").message()).isEqualTo("407 from the proxy to a.test:81");
    assertThat(fault(ResponseClassifier.of(arrived(500, ""), LOCAL, NOW)).message())
        .isEqualTo("500 from local:embedded");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-request-id", "request-id", "apim-request-id"})
  void readsTheRequestIdFromEveryKnownHeader(String header) {
    assertThat(ResponseClassifier.requestId(Headers.of(header, "r-1"))).contains("r-1");
  }

  @Test
  void closesTheBodyOfAnError() throws IOException {
    ScriptedTransport bodies = new ScriptedTransport();
    var answer = bodies.answer(500, "no");

    ResponseClassifier.of(
        new AttemptResult.ResponseReceived(500, Headers.NONE, answer.body()), ROUTE, NOW);

    assertThat(bodies.allClosed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "RESOLVE, CONNECTION_FAILED, true",
    "CONNECT, CONNECTION_FAILED, true",
    "TLS, TLS_FAILED, false",
    "PROXY, CONNECTION_FAILED, false",
    "EXCHANGE, CONNECTION_FAILED, true",
    "BODY, CONNECTION_FAILED, true",
    "TIMEOUT, DEADLINE_EXCEEDED, true"
  })
  void classifiesATransportFailureByItsPhase(Phase phase, Kind kind, boolean again)
      throws IOException {
    TransportException why = new TransportException(phase, false, "broke", new IOException());

    Verdict<String> verdict =
        ResponseClassifier.of(new AttemptResult.TransportFailed(why), ROUTE, NOW);

    assertThat(fault(verdict).kind()).isEqualTo(kind);
    assertThat(fault(verdict).message()).isEqualTo("broke");
    assertThat(fault(verdict).cause()).containsSame(why);
    assertThat(again(verdict)).isEqualTo(again);
  }

  @ParameterizedTest
  @CsvSource({
    "PAUSE, RATE_LIMITED, 'm@a.test:81 is paused for 1.5 s more, longer than this call may take'",
    "RATE_LIMIT, DEADLINE_EXCEEDED, 'no place became free for m@a.test:81 within the deadline'",
    "CONCURRENCY, DEADLINE_EXCEEDED, 'no place became free for m@a.test:81 within the deadline'",
    "BREAKER, CIRCUIT_OPEN, 'm@a.test:81 failed too often and is closed for 1.5 s'"
  })
  void explainsWhyACallWasNotPermitted(WaitReason reason, Kind kind, String message)
      throws IOException {
    Duration pause = Duration.ofMillis(1_500);

    Verdict<String> verdict =
        ResponseClassifier.of(new AttemptResult.NotPermitted(reason, pause), ROUTE, NOW);

    assertThat(again(verdict)).isFalse();
    assertThat(fault(verdict).kind()).isEqualTo(kind);
    assertThat(fault(verdict).message()).isEqualTo(message);
    assertThat(fault(verdict).retryAfter())
        .isEqualTo(
            reason == WaitReason.RATE_LIMIT || reason == WaitReason.CONCURRENCY
                ? Optional.empty()
                : Optional.of(pause));
  }

  @ParameterizedTest
  @CsvSource({
    "insufficient_quota, QUOTA_EXCEEDED, false",
    "rate_limit_exceeded, RATE_LIMITED, true",
    "invalid_api_key, AUTHENTICATION, false",
    "model_not_found, NOT_FOUND, false",
    "context_length_exceeded, BAD_REQUEST, false",
    "server_error, SERVER_FAILED, true",
    "503, SERVER_FAILED, true",
    "400, BAD_REQUEST, false"
  })
  void classifiesAnErrorInABodyByItsCode(String code, Kind kind, boolean again) {
    Verdict<String> verdict =
        ResponseClassifier.<String>errorInBody(
                arrived(200, ""), ROUTE, ErrorBody.of(code, "words"), Instant.EPOCH)
            .orElseThrow();

    assertThat(again(verdict)).isEqualTo(again);
    assertThat(fault(verdict).kind()).isEqualTo(kind);
    assertThat(fault(verdict).status()).hasValue(200);
    assertThat(fault(verdict).code()).contains(code);
    assertThat(fault(verdict).message()).isEqualTo(code + " in the answer of a.test:81: words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "odd", "200", "4000"})
  void doesNotClassifyAnUnknownErrorCode(String code) {
    assertThat(
            ResponseClassifier.<String>errorInBody(
                arrived(200, ""), ROUTE, ErrorBody.of(code, "words"), Instant.EPOCH))
        .isEmpty();
  }

  @Test
  void quotesOnlyTheBeginningOfAMalformedAnswer() {
    AttemptResult.ResponseReceived answer = arrived(200, "", "request-id", "r-1");

    Fault fault = ResponseClassifier.malformed(answer, "not JSON", "  " + "x".repeat(500));

    assertThat(fault.kind()).isEqualTo(Kind.MALFORMED_RESPONSE);
    assertThat(fault.message()).isEqualTo("not JSON: " + "x".repeat(200) + "…");
    assertThat(fault.requestId()).contains("r-1");
    assertThat(fault.status()).hasValue(200);
    assertThat(ResponseClassifier.malformed(answer, "empty", " ").message()).isEqualTo("empty");
  }
}
