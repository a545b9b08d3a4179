package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.json.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorBodyTest {

  private static Optional<ErrorBody> in(String json) {
    return ErrorBody.in(Json.mapper().readTree(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'error':{'code':402,'message':'no credits'}}",
        "{'error':{'code':'402','message':'no credits'}}",
        "{'error':{'type':'billing_error','message':'no credits'}}",
        "{'type':'error','error':{'type':'billing_error','message':'no credits'}}",
        "{'error':{'status':'PAYMENT_REQUIRED','message':'no credits'}}",
        "{'error':{'error':{'code':402,'message':'no credits'}}}",
        "{'error':'no credits','code':402}",
        "{'error':['no credits'],'status':402}",
        "{'error':[{'code':402,'message':'no credits'}]}",
        "{'error':true,'code':402,'message':'no credits'}",
        "{'errors':[{'code':402,'message':'no credits'}]}",
        "[{'error':{'code':402,'message':'no credits'}}]",
        "{'id':'c','choices':[{'index':0,'error':{'code':402,'message':'no credits'}}]}",
        "{'code':402,'message':'no credits'}",
        "{'object':'error','code':402,'message':'no credits'}",
        "{'statusCode':402,'message':'no credits'}",
        "{'status':402,'detail':'no credits'}",
        "{'error':'{\\u0022error\\u0022:{\\u0022code\\u0022:402,\\u0022message\\u0022:\\u0022no credits\\u0022}}'}",
        "{'object':'error','message':{'detail':[{'msg':'no credits'}]},'code':402}"
      })
  void isFoundInEveryFormWithItsStatusAndItsMessage(String json) {
    ErrorBody error = in(json.replace('\'', '"')).orElseThrow();

    assertThat(error.status()).hasValue(402);
    assertThat(error.message()).isEqualTo("no credits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":null,\"choices\":[{\"message\":{\"content\":\"Paris\"}}]}",
        "{\"error\":false,\"choices\":[]}",
        "{\"error\":\"\",\"choices\":[]}",
        "{\"error\":{},\"errors\":[],\"choices\":[]}",
        "{\"choices\":[{\"error\":null}]}",
        "{\"data\":[],\"message\":\"ok\",\"code\":402}",
        "{\"message\":\"ok\",\"code\":200}",
        "{}",
        "[]",
        "7",
        "\"error\""
      })
  void isNotFoundInAnAnswer(String json) {
    assertThat(in(json)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Rate limit exceeded | 429",
        "Too many requests, slow down | 429",
        "Your credit balance is too low to access the API | 402",
        "API key not valid. Please pass a valid API key. | 401",
        "The model is overloaded | 503",
      })
  void hasAStatusByItsWordsWhenItHasNoCode(String message, int status) {
    assertThat(in("{\"error\":\"" + message + "\"}").orElseThrow().status()).hasValue(status);
  }

  @Test
  void hasNoStatusThatNobodyNamed() {
    assertThat(in("{\"error\":\"the engine died\"}").orElseThrow().status()).isEmpty();
    assertThat(in("{\"error\":{\"code\":7003}}").orElseThrow().status()).isEmpty();
  }

  @Test
  void keepsReasonsAndTheTimeToWaitOfGoogle() {
    ErrorBody error =
        ErrorBody.read(
            """
            [{"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED", "details": [
              {"@type": "type.googleapis.com/google.rpc.QuotaFailure",
               "violations": [{"quotaId": "GenerateRequestsPerMinute"}]},
              {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT"},
              {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"}]}}]
            """);

    assertThat(error.codes()).containsExactly("429", "RESOURCE_EXHAUSTED");
    assertThat(error.reasons())
        .containsExactlyInAnyOrder("GenerateRequestsPerMinute", "RATE_LIMIT");
    assertThat(error.retryDelay()).contains("3s");
  }

  @Test
  void readsTheHeadersThatARouterRepeatsInTheBody() {
    ErrorBody error =
        ErrorBody.read(
            """
            {"error": {"code": 429, "message": "Provider returned error", "metadata": {
              "raw": "{\\"error\\":{\\"message\\":\\"busy\\"}}", "headers": {"Retry-After": "3"}}}}
            """);

    assertThat(error.message()).isEqualTo("Provider returned error: busy");
    assertThat(error.headers().first("retry-after")).contains("3");
  }

  @Test
  void readsTheRejectedParameter() {
    ErrorBody error =
        ErrorBody.read(
            """
            {"detail": [{"loc": ["body", "messages"], "msg": "field required", "type": "missing"}]}
            """);

    assertThat(error.message()).isEqualTo("field required (body.messages)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"error\":", "[[[[", "{\"error\":{\"error\":{\"error\":{\"error\":1}}}}"})
  void showsABodyThatItCannotParseAsItIs(String text) {
    assertThat(ErrorBody.read(text).message()).isNotEmpty();
  }
}
