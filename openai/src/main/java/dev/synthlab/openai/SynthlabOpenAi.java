package dev.synthlab.openai;

import com.openai.azure.AzureOpenAIServiceVersion;
import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.LogLevel;
import com.openai.credential.BearerTokenCredential;
import dev.synthlab.Synthlab;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.PassThrough;
import dev.synthlab.spans.ContextSnapshot;

/**
 * Clients of the official Java library of OpenAI whose requests go through {@link Synthlab}: with
 * its deadlines, retries, limits, breakers, budget, spans and ledger. They share limits and pauses
 * with {@link Synthlab#llm()}. Closing one never closes the {@link Synthlab}.
 *
 * <pre>{@code
 * OpenAIClient client = SynthlabOpenAi.client();
 * }</pre>
 */
public final class SynthlabOpenAi {
  private SynthlabOpenAi() {}

  /**
   * A client over the instance of this process.
   *
   * @return a new client; {@code async()} of it is its asynchronous form
   * @throws dev.synthlab.config.ConfigException if the environment is not valid, or has no key for
   *     a server that needs one
   */
  public static OpenAIClient client() {
    return over(Synthlab.get());
  }

  /**
   * A client over an instance: with its address, key, organization, project and headers.
   *
   * @param lab the instance, which the caller closes
   * @return a new client; {@code async()} of it is its asynchronous form
   * @throws dev.synthlab.config.ConfigException if the address requires a key and there is none
   */
  public static OpenAIClient over(Synthlab lab) {
    return CancellingServices.of(new OpenAIClientImpl(options(lab).build()));
  }

  /**
   * The options of {@link #over}, to be changed before a client is made of them. The retries of the
   * library are off; leave them off, since the call loop retries.
   *
   * @param lab the instance, which the caller closes
   * @return a builder, whose HTTP client is the call loop of the instance
   * @throws IllegalStateException if the instance has the embedded model
   * @throws dev.synthlab.config.ConfigException if the address requires a key and there is none
   */
  public static ClientOptions.Builder options(Synthlab lab) {
    PassThrough calls = PassThrough.of(lab.llm());
    Settings.Llm llm = calls.settings();
    if (!llm.baseUrl().getScheme().startsWith("http")) {
      throw new IllegalStateException(
          "OpenAI's library sends to servers only, not to "
              + llm.baseUrl()
              + ": call the embedded model by Synthlab.llm()");
    }
    CallerContexts contexts = new CallerContexts();
    ClientOptions.Builder options =
        ClientOptions.builder()
            .httpClient(new CallLoopHttpClient(calls, contexts))
            .streamHandlerExecutor(
                task ->
                    VirtualThreads.start("synthlab-openai", ContextSnapshot.capture().wrap(task)))
            .baseUrl(llm.baseUrl().toString())
            .maxRetries(0)
            .logLevel(LogLevel.OFF);
    llm.organization().ifPresent(options::organization);
    llm.project().ifPresent(options::project);
    llm.headers().forEach((name, value) -> options.putHeader(name, value.reveal()));
    String key = llm.key().map(secret -> secret.reveal()).orElse(Credentials.NO_KEY);
    if (llm.azureApiVersion().isPresent()) {
      String version = llm.azureApiVersion().get();
      options.credential(AzureApiKeyCredential.create(key));
      options.azureServiceVersion(AzureOpenAIServiceVersion.fromString(version));
    } else {
      options.credential(BearerTokenCredential.create(contexts.tokens(key)));
    }
    return options;
  }
}
