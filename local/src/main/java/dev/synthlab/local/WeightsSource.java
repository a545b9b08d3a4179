package dev.synthlab.local;

import java.io.IOException;
import java.nio.file.Path;

/** A source of the weights. */
sealed interface WeightsSource permits UrlSource, PipSource {

  /** Its name in messages. */
  String name();

  /**
   * Downloads into a file, which may have a part from an earlier attempt. The content is checked by
   * the caller.
   */
  void fetch(ChecksummedFile wanted, Path part, Weights.Progress progress)
      throws IOException, InterruptedException;
}
