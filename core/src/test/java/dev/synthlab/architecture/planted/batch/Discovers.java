package dev.synthlab.architecture.planted.batch;

import java.util.ServiceLoader;

final class Discovers {
  private Discovers() {}

  static ServiceLoader<Runnable> found() {
    return ServiceLoader.load(Runnable.class);
  }
}
