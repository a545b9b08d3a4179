package dev.synthlab.local;

import dev.synthlab.files.PrivateFiles;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A program that fetches, as far as others can see, until its standard input ends. */
final class HoldLock {
  private HoldLock() {}

  public static void main(String[] args) throws Exception {
    try (var channel =
        PrivateFiles.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      System.out.println("held");
      System.in.transferTo(System.out);
    }
  }
}
