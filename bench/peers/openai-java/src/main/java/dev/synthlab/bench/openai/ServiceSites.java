package dev.synthlab.bench.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.ClientOptions;
import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.synthlab.bench.openai.CallSites.Person;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Its side of docs/comparison.md for services; the page shows the marked regions. */
final class ServiceSites {
  private ServiceSites() {}

  static OpenAIClient build(String key) {
    // tag::build[]
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .apiKey(key)
            .baseUrl("https://eu.example/v1")
            .timeout(Duration.ofSeconds(20))
            .maxRetries(4)
            .build();
    // end::build[]
    return client;
  }

  static OpenAIClient account(OpenAIClient client, String key) {
    // tag::account[]
    OpenAIClient tenant = client.withOptions(options -> options.apiKey(key));
    // end::account[]
    return tenant;
  }

  static List<CompletableFuture<Person>> parallel(OpenAIClient client, List<String> texts) {
    // tag::parallel[]
    List<CompletableFuture<Person>> people =
        texts.stream()
            .map(
                text ->
                    ChatCompletionCreateParams.builder()
                        .model("gpt-4o-mini")
                        .addUserMessage(text)
                        .responseFormat(Person.class)
                        .build())
            .map(client.async().chat().completions()::create)
            .map(
                answer -> answer.thenApply(it -> it.choices().getFirst().message().content().get()))
            .toList();
    // end::parallel[]
    return people;
  }

  static void close(OpenAIClient client) {
    // tag::close[]
    client.close();
    // end::close[]
  }

  static Person test() {
    // tag::test[]
    HttpClient http =
        new HttpClient() {
          @Override
          public HttpResponse execute(HttpRequest request, RequestOptions options) {
            String json =
                """
                {"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
                "content":"{\\"name\\":\\"Maria\\",\\"age\\":34}"}}]}""";
            return new HttpResponse() {
              @Override
              public int statusCode() {
                return 200;
              }

              @Override
              public Headers headers() {
                return Headers.builder().build();
              }

              @Override
              public InputStream body() {
                return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
              }

              @Override
              public void close() {}
            };
          }

          @Override
          public CompletableFuture<HttpResponse> executeAsync(
              HttpRequest request, RequestOptions options) {
            return CompletableFuture.completedFuture(execute(request, options));
          }

          @Override
          public void close() {}
        };
    ClientOptions options = ClientOptions.builder().httpClient(http).apiKey("a-test-key").build();
    Person person = CallSites.typed(new OpenAIClientImpl(options));
    // end::test[]
    return person;
  }
}
