package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.config.Settings;

/**
 * A provider of the recorder of all calls. The composition root alone looks it up, by {@link
 * java.util.ServiceLoader}, if the settings switch recording on.
 */
@Internal
@FunctionalInterface
public interface CallRecorderProvider {

  /**
   * Opens the recorder.
   *
   * @param settings the settings of the process
   * @return the recorder; the composition root closes it
   */
  CallRecorder open(Settings settings);
}
