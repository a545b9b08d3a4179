package dev.synthlab.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import com.openai.client.OpenAIClientImpl;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.config.Settings;
import java.time.Duration;
import java.util.function.Consumer;

/** The Java code of docs/openai.md. */
final class PageSnippets {
  private PageSnippets() {}

  static OpenAIClient client() {
    OpenAIClient client = SynthlabOpenAi.client();
    return client;
  }

  static OpenAIClientAsync over(Settings settings) {
    Synthlab lab = Synthlab.of(settings);
    OpenAIClient client = SynthlabOpenAi.over(lab);
    OpenAIClientAsync async = client.async();
    return async;
  }

  static OpenAIClient options(Synthlab lab, String tenantKey) {
    OpenAIClient patient =
        new OpenAIClientImpl(SynthlabOpenAi.options(lab).timeout(Duration.ofMinutes(30)).build());
    OpenAIClient tenant = patient.withOptions(options -> options.apiKey(tenantKey));
    return tenant;
  }

  static void exceptions(
      OpenAIClient client, ChatCompletionCreateParams question, Consumer<String> log) {
    try {
      client.chat().completions().create(question);
    } catch (RateLimitException e) {
      String attempts = e.headers().values("x-synthlab-attempts").getFirst();
      log.accept("refused after " + attempts + " attempts: " + e.getMessage());
    } catch (OpenAIIoException e) {
      if (e.getCause() instanceof CallException.CircuitOpen open) {
        log.accept("not sent: " + open.getMessage());
      }
    }
  }
}
