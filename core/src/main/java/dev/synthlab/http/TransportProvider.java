package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.config.Settings;

/**
 * A provider of the transport for one URI scheme. The composition root alone looks it up, by {@link
 * java.util.ServiceLoader}.
 */
@Internal
public interface TransportProvider {

  /**
   * The URI scheme of its base addresses.
   *
   * @return for example {@code local}
   */
  String scheme();

  /**
   * The maximum number of concurrent exchanges.
   *
   * @param settings the settings of the process
   * @return at least 1
   */
  int concurrency(Settings settings);

  /**
   * Opens the transport. Slow initialization belongs to its first use.
   *
   * @param settings the settings of the process
   * @return a transport that the caller closes
   */
  Transport open(Settings settings);
}
