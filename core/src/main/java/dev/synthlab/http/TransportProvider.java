package dev.synthlab.http;

import dev.synthlab.config.Settings;

/**
 * Offers a transport for base addresses of one scheme; found by {@link java.util.ServiceLoader} in
 * the composition root and nowhere else.
 */
public interface TransportProvider {

  /**
   * The scheme of the addresses it serves.
   *
   * @return for example {@code local}
   */
  String scheme();

  /**
   * How many exchanges it serves at once.
   *
   * @param settings the process's settings
   * @return at least 1
   */
  int concurrency(Settings settings);

  /**
   * Opens it. May be slow at the first use, not here.
   *
   * @param settings the process's settings
   * @return a transport the caller closes
   */
  Transport open(Settings settings);
}
