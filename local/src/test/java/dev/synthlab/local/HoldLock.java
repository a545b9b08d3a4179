package dev.synthlab.local;

import dev.synthlab.config.OwnerOnly;
import java.nio.file.Path;

/** A program that fetches, as far as others can see, until its standard input ends. */
final class HoldLock {
  private HoldLock() {}

  public static void main(String[] args) throws Exception {
    try (var channel = OwnerOnly.open(Path.of(args[0]))) {
      channel.lock();
      System.out.println("held");
      System.in.transferTo(System.out);
    }
  }
}
