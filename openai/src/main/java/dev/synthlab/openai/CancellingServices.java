package dev.synthlab.openai;

import com.openai.client.OpenAIClient;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Clients and services of the library whose futures, when they are cancelled, cancel their calls,
 * and whose streams, when they are closed, close their sockets at once. Everything else is passed
 * on.
 */
final class CancellingServices implements InvocationHandler {
  private static final List<String> WRAPPED = List.of("com.openai.client.", "com.openai.services.");

  private final Object service;

  private CancellingServices(Object service) {
    this.service = service;
  }

  static OpenAIClient of(OpenAIClient client) {
    return wrapped(OpenAIClient.class, client);
  }

  private static <T> T wrapped(Class<T> type, Object service) {
    return proxy(type, new CancellingServices(service));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
      return proxy == arguments[0];
    }
    Cancellation cancellation = new Cancellation();
    Object result = cancellation.around(() -> called(service, method, arguments)).orThrow();
    Class<?> type = method.getReturnType();
    if (result instanceof CompletableFuture<?> future) {
      passCancelOn(future, cancellation);
    }
    if (result instanceof StreamResponse<?> || result instanceof AsyncStreamResponse<?>) {
      return proxy(type, new OpenStream(result, cancellation));
    }
    return result != null && isWrapped(type) ? wrapped(type, result) : result;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whoever called the service gets the future
  private static void passCancelOn(CompletableFuture<?> future, Cancellation cancellation) {
    future.whenComplete(
        (value, failure) -> {
          if (future.isCancelled()) {
            cancellation.cancel();
          }
        });
  }

  /** A stream that closes its response before the library waits for the reader. */
  private record OpenStream(Object stream, Cancellation cancellation) implements InvocationHandler {
    @Override
    @SuppressWarnings("ReferenceEquality") // "this" of a stream becomes that of its proxy
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (method.getName().equals("close")) {
        cancellation.cancel();
      }
      Object result = called(stream, method, arguments).orThrow();
      return result == stream ? proxy : result;
    }
  }

  private static boolean isWrapped(Class<?> type) {
    return type.isInterface() && WRAPPED.stream().anyMatch(type.getName()::startsWith);
  }

  /** What a method returned or threw. */
  private record Outcome(@Nullable Object value, @Nullable Throwable failure) {
    @Nullable Object orThrow() throws Throwable {
      if (failure != null) {
        throw failure;
      }
      return value;
    }
  }

  private static Outcome called(Object on, Method method, Object @Nullable [] arguments) {
    try {
      return new Outcome(method.invoke(on, arguments), null);
    } catch (InvocationTargetException e) {
      return new Outcome(null, e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the interfaces of the library are public", e);
    }
  }
}
