package dev.freehold;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Signals beside those that end the process. The JDK's class for them is in no specification, so
/// it is looked for by name; where it is missing, signals do what they do without us.
final class OsSignals {
  private OsSignals() {}

  /// Runs the action, on a thread of its own, each time the signal comes.
  ///
  /// @param name without `SIG`, for example `USR1`
  static void on(String name, Runnable action) {
    try {
      var type = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              OsSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> name;
                  });
      var unused =
          type.getMethod("handle", type, handler)
              .invoke(null, type.getConstructor(String.class).newInstance(name), proxy);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InstantiationException
        | InvocationTargetException e) {
      System.err.println("freehold: SIG" + name + " cannot be listened to: " + e);
    }
  }
}
