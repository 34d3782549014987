package dev.freehold.backend.supabase.auth;

/// `PUT /user` with a phone number: the User gets another one, at once or by a code.
final class PhoneChange {
  private final Parts parts;
  private final PhonePages phones;

  PhoneChange(Parts parts) {
    this.parts = parts;
    this.phones = new PhonePages(parts);
  }

  /// The number a call asks for, checked; empty when it asks for none.
  static String asked(Call call, Phones phones) {
    if (call.text("phone").isEmpty()) {
      return "";
    }
    var phone = Addresses.phone(call.text("phone"));
    phones.requireChannel(Phones.channel(call));
    return phone;
  }

  /// Refuses a number that another User has.
  void refuseTaken(User user, String phone, Call call) {
    if (phone.isEmpty() || phone.equals(user.phone())) {
      return;
    }
    var audience = parts.callers().audience(call);
    if (parts.database().run(tx -> Users.byPhone(tx, phone, audience)).isPresent()) {
      throw AuthError.unprocessable(
          "phone_exists", "A user with this phone number has already been registered");
    }
  }

  void begin(Transaction tx, Call call, User user, String phone) {
    if (phone.isEmpty() || phone.equals(user.phone())) {
      return;
    }
    if (parts.settings().phone().autoconfirm()) {
      phones.change(tx, call, user, phone);
      if (user.isAnonymous()) {
        parts.changes(tx).notAnonymous(user.id());
      }
      parts.changes(tx).appMetadataProviders(user.id());
      return;
    }
    parts.phones().send(tx, user, phone, Phones.About.PHONE_CHANGE, Phones.channel(call));
  }
}
