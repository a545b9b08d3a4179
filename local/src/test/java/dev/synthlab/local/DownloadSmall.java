package dev.synthlab.local;

import dev.synthlab.config.NetworkSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A program that downloads a small file, and prints what it is told. */
final class DownloadSmall {
  private DownloadSmall() {}

  public static void main(String[] args) throws Exception {
    ChecksummedFile file = new ChecksummedFile("small.gguf", Long.parseLong(args[2]), args[3]);
    UrlSource source = UrlSource.of(URI.create(args[0]), NetworkSettings.direct());
    Weights.Progress progress =
        new Weights.Progress() {
          @Override
          public void moved(String from, long bytes, long total) {}

          @Override
          public void note(String line) {
            System.out.println(line);
          }
        };
    System.out.println(
        new Weights(Path.of(args[1]), file, List.of(source)).ensure(progress).getFileName());
  }
}
