package planted.service;

import com.openai.client.OpenAIClient;
import dev.failsafe.RetryPolicy;
import org.springframework.retry.annotation.Retryable;

/** Asks a model past the layer, and lets libraries retry. */
final class OwnModels {
  private final RetryPolicy policy = RetryPolicy.ofDefaults(); // !no-own-retry* !no-own-retry

  @Retryable
  String ask(OpenAIClient client) {
    return client.create("hi") + policy; // !outside-by-infrastructure !no-own-retry
  }

  String header(String apiKey) {
    return "Bearer " + apiKey; // !no-logged-secret
  }
}
