package dev.synthlab.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The handling of Ctrl-C, SIGTERM and SIGHUP until it is closed: the first and the second signal
 * stop the run, the third ends the process. On a JVM without signal handlers a shutdown hook
 * handles the first signal only.
 */
final class Signals implements AutoCloseable {
  private static final int EXIT_OF_SIGNAL = 128;
  private static final int MAX_REQUESTS = 2;

  private final Runnable stop;
  private final AtomicInteger received = new AtomicInteger();
  private final Map<Object, Object> before = new LinkedHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread hook;
  private volatile int exit;

  private Signals(Runnable stop) {
    this.stop = stop;
  }

  /** Installs the handlers. */
  static Signals to(Runnable stop) {
    Signals signals = new Signals(stop);
    try {
      for (String name : new String[] {"INT", "TERM", "HUP"}) {
        signals.handle(name);
      }
    } catch (ReflectiveOperationException | RuntimeException e) { // this JVM has no signal handlers
      signals.addShutdownHook();
    }
    return signals;
  }

  // The class is internal to the JDK, and the compiler warns about every direct use.
  private void handle(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> listener = Class.forName("sun.misc.SignalHandler");
    Object signal = type.getConstructor(String.class).newInstance(name);
    Object ours =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {listener},
            (proxy, method, arguments) -> invoke(type, proxy, method, arguments));
    Method set = type.getMethod("handle", type, listener);
    Object old = Objects.requireNonNull(set.invoke(null, signal, ours), name);
    if (old.equals(listener.getField("SIG_IGN").get(null))) {
      set.invoke(
          null, signal,
          old); // the signal is ignored under nohup and for background jobs of scripts
    } else {
      before.put(signal, old);
    }
  }

  @SuppressWarnings("ReferenceEquality") // equals of a proxy means identity
  private @Nullable Object invoke(
      Class<?> type, Object proxy, Method method, Object @Nullable [] arguments)
      throws ReflectiveOperationException {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "signals";
      };
    }
    if (arguments != null) {
      receive((int) Objects.requireNonNull(type.getMethod("getNumber").invoke(arguments[0])));
    }
    return null;
  }

  private void receive(int number) {
    exit = EXIT_OF_SIGNAL + number;
    if (received.incrementAndGet() > MAX_REQUESTS) {
      Runtime.getRuntime().halt(exit);
    }
    stop.run();
  }

  private void addShutdownHook() {
    Thread shutdown =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  stop.run();
                  awaitClosed();
                });
    Runtime.getRuntime().addShutdownHook(shutdown);
    hook = shutdown;
  }

  // The JVM ends with the exit code of the signal when its hooks have returned.
  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exit code for the signal that was received; empty if there was none. */
  OptionalInt exit() {
    return exit == 0 ? OptionalInt.empty() : OptionalInt.of(exit);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      if (hook != null) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
      for (Map.Entry<Object, Object> each : before.entrySet()) {
        Class<?> type = each.getKey().getClass();
        Class<?> listener = Class.forName("sun.misc.SignalHandler");
        type.getMethod("handle", type, listener).invoke(null, each.getKey(), each.getValue());
      }
    } catch (IllegalStateException e) {
      // The hook runs: a signal was received.
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      // The handlers stay until the process ends.
    }
  }
}
