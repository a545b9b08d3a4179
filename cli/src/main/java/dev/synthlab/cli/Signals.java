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
 * Hears Ctrl-C and SIGTERM as long as it is open: the first and the second ask to stop, the third
 * ends the process. A JVM that lets nobody hear its signals has its shutdown hook in place of it,
 * which hears the first alone.
 */
final class Signals implements AutoCloseable {
  private static final int OF_SIGNAL = 128;
  private static final int PATIENCE = 2;

  private final Runnable stop;
  private final AtomicInteger heard = new AtomicInteger();
  private final Map<Object, Object> before = new LinkedHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread hook;
  private volatile int exit;

  private Signals(Runnable stop) {
    this.stop = stop;
  }

  /** Listens from now on. */
  static Signals to(Runnable stop) {
    Signals signals = new Signals(stop);
    try {
      for (String name : new String[] {"INT", "TERM", "HUP"}) {
        signals.listen(name);
      }
    } catch (ReflectiveOperationException | RuntimeException e) { // this JVM keeps them to itself
      signals.listenAtTheEnd();
    }
    return signals;
  }

  // The class has no other home, and the compiler warns of every direct use.
  private void listen(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> listener = Class.forName("sun.misc.SignalHandler");
    Object signal = type.getConstructor(String.class).newInstance(name);
    Object ours =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {listener},
            (proxy, method, arguments) -> called(type, proxy, method, arguments));
    Method set = type.getMethod("handle", type, listener);
    Object old = Objects.requireNonNull(set.invoke(null, signal, ours), name);
    if (old.equals(listener.getField("SIG_IGN").get(null))) {
      set.invoke(null, signal, old); // under nohup, or in the background of a script
    } else {
      before.put(signal, old);
    }
  }

  @SuppressWarnings("ReferenceEquality") // which is what equals means here
  private @Nullable Object called(
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
      came((int) Objects.requireNonNull(type.getMethod("getNumber").invoke(arguments[0])));
    }
    return null;
  }

  private void came(int number) {
    exit = OF_SIGNAL + number;
    if (heard.incrementAndGet() > PATIENCE) {
      Runtime.getRuntime().halt(exit);
    }
    stop.run();
  }

  private void listenAtTheEnd() {
    Thread atTheEnd =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  stop.run();
                  awaitClosed();
                });
    Runtime.getRuntime().addShutdownHook(atTheEnd);
    hook = atTheEnd;
  }

  // The JVM ends with the exit code of the signal by itself once its hooks have returned.
  private void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exit code of the signal that came, if one did. */
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
      // The hook runs: the signal has come.
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      // Then they stay ours until the process ends, which is soon.
    }
  }
}
