// What an executable that is linked static does without, so that it is small and runs beside any libc.
#include "CPlatform.h"

#include <nss.h>
#include <stdint.h>

// ICU's data without an item, laid out as `udata` of ICU 76 reads a table of contents (common/ucmndata.h, "ToCP").
// Foundation brings 31 MB of it for languages and calendars, of which nothing of ours asks; config/static-flags puts
// this in its place. Whoever needs a locale some day gets ICU's error, not wrong data.
_Alignas(16) const struct {
  uint16_t header_size;
  uint8_t magic[2];
  uint16_t info_size, reserved;
  uint8_t is_big_endian, charset_family, size_of_uchar, reserved_byte;
  uint8_t data_format[4], format_version[4], data_version[4];
  uint32_t padding[2], count, reserved_count;
} holdfast_no_locale_data = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .info_size = 20,
    .size_of_uchar = 2,
    .data_format = {'T', 'o', 'C', 'P'},
    .format_version = {1, 0, 0, 0},
};

// Where ICU would open what needs its data, by which argument takes the error; config/locale.ld says which functions. A
// missing resource is what ICU itself says without data (U_MISSING_RESOURCE_ERROR, common/unicode/utypes.h).
enum { missing_resource = 2 };
#define TAKES(n, ...) \
  const void *holdfast_no_locale_##n(__VA_ARGS__, int32_t *error) { \
    if (error && *error <= 0) *error = missing_resource; \
    return 0; \
  }
const void *holdfast_no_locale_1(int32_t *error) {
  if (error && *error <= 0) *error = missing_resource;
  return 0;
}
TAKES(2, intptr_t a)
TAKES(4, intptr_t a, intptr_t b, intptr_t c)
TAKES(5, intptr_t a, intptr_t b, intptr_t c, intptr_t d)
TAKES(6, intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e)
TAKES(7, intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f)
TAKES(8, intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f, intptr_t g)
// What needs something opened is not called.
const void *holdfast_no_locale(void) { return 0; }
// No letter of a pattern means a field (UDAT_FIELD_COUNT, i18n/unicode/udat.h).
int32_t holdfast_no_date_field(void) { return 38; }

// A static libc would load what /etc/nsswitch.conf names (mdns, resolve, sss) from this system, made for its own libc:
// that ends in an error at best. What is built in asks /etc/hosts, DNS and /etc/passwd.
void holdfast_resolve_names_alone(void) {
  __nss_configure_lookup("hosts", "files dns");
  __nss_configure_lookup("passwd", "files");
  __nss_configure_lookup("group", "files");
  __nss_configure_lookup("services", "files");
  __nss_configure_lookup("protocols", "files");
}
