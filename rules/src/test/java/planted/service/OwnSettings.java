package planted.service;

import java.util.Optional;
import java.util.function.Function;

/** Reads settings where it needs them. */
final class OwnSettings {
  private static final boolean FAST = Boolean.getBoolean("planted.fast"); // !config-in-one-place

  Optional<String> model() {
    return Optional.ofNullable(System.getenv("MODEL")); // !config-in-one-place
  }

  Function<String, String> properties() {
    return System::getProperty; // !config-in-one-place
  }

  String machine() {
    return System.getProperty("os.name") + System.getProperty("java.version", "?") + FAST;
  }
}
