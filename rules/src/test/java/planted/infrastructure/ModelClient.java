package planted.infrastructure;

import com.openai.client.OpenAIClient;
import dev.synthlab.logging.Logging;
import org.slf4j.Logger;

/** A client of a model that keeps no time and opens no span. */
public final class ModelClient { // !client-timeout*
  private static final Logger log = Logging.component("model");
  private final OpenAIClient sdk;

  private ModelClient(OpenAIClient sdk) {
    this.sdk = sdk;
  }

  /**
   * The one.
   *
   * @return the client
   */
  public static ModelClient get() {
    return new ModelClient(prompt -> prompt);
  }

  /**
   * Asks.
   *
   * @param prompt what
   * @return the answer
   */
  public String ask(String prompt) {
    log.debug("asking");
    return sdk.create(prompt); // !llm-traced
  }
}
