package dev.synthlab.call;

import dev.synthlab.config.Settings;

/**
 * Offers what keeps a record of all calls; found by {@link java.util.ServiceLoader} in the
 * composition root and nowhere else, and asked only where the settings want a record.
 */
@FunctionalInterface
public interface CallRecorderProvider {

  /**
   * Begins a record.
   *
   * @param settings where it is kept
   * @return closed with the layer
   */
  CallRecorder open(Settings settings);
}
