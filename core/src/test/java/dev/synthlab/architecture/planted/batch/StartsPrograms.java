package dev.synthlab.architecture.planted.batch;

import java.io.IOException;

final class StartsPrograms {
  private StartsPrograms() {}

  static Process built() throws IOException {
    return new ProcessBuilder("ls").start();
  }

  static Process concurrency() throws IOException {
    return Runtime.getRuntime().exec(new String[] {"ls"});
  }
}
