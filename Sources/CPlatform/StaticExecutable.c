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

// A static libc would load what /etc/nsswitch.conf names (mdns, resolve, sss) from this system, made for its own libc:
// that ends in an error at best. What is built in asks /etc/hosts, DNS and /etc/passwd.
void holdfast_resolve_names_alone(void) {
  __nss_configure_lookup("hosts", "files dns");
  __nss_configure_lookup("passwd", "files");
  __nss_configure_lookup("group", "files");
  __nss_configure_lookup("services", "files");
  __nss_configure_lookup("protocols", "files");
}
