package planted.service;

import dev.synthlab.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells secrets. */
final class Talks {
  private static final Logger log = LoggerFactory.getLogger(Talks.class);

  private final Secret key;
  private final String password;

  Talks(Secret key, String password) {
    this.key = key;
    this.password = password;
  }

  void theSecretItself() {
    log.info("key {}", key); // !no-logged-secret
  }

  void revealed() {
    String value = key.reveal();
    String shown = value.substring(4);
    log.debug("a {} b {} c {}", 1, shown, 3); // !no-logged-secret
  }

  void joined() {
    StringBuilder text = new StringBuilder();
    text.append("key ");
    text.append(key.reveal());
    log.atWarn().log(text.toString()); // !no-logged-secret
  }

  void formatted() {
    System.out.println(String.format("%s and %s", "key", key.reveal())); // !no-logged-secret
  }

  void failing() {
    throw new IllegalArgumentException("no such key: " + key.reveal()); // !no-logged-secret
  }

  void named() {
    log.info("as {}", password); // !no-logged-secret
  }

  void parameter(String apiKey) {
    log.info("as {}", apiKey); // !no-logged-secret
  }

  void ofTheEnvironment() {
    log.info("as {}", System.getenv("PLANTED_API_KEY")); // !config-in-one-place !no-logged-secret
  }

  @Override
  public String toString() {
    return "Talks[" + password + "]"; // !no-logged-secret
  }

  void harmless() {
    log.info("key {} of {} letters", key.lastFour(), key.reveal().length());
    log.info("{}", new Object[] {"nothing", 2});
  }
}
