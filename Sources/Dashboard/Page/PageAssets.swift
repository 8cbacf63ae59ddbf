/// The files that the page loads, all of them public.
package enum PageAssets {
    package static var all: [Asset] {
        let scripts = [
            "actions": PackageResources.actions_js, "api": PackageResources.api_js, "dom": PackageResources.dom_js,
            "events": PackageResources.events_js, "list": PackageResources.list_js, "live": PackageResources.live_js,
            "memory": PackageResources.memory_js, "page": PackageResources.page_js,
            "pictures": PackageResources.pictures_js, "reader": PackageResources.reader_js,
            "status": PackageResources.status_js, "text": PackageResources.text_js,
        ]
        // A browser runs a module only under this type.
        return scripts.map { name, bytes in
            Asset(path: "/assets/\(name).js", contentType: "text/javascript; charset=utf-8", bytes: bytes)
        } + [Asset(path: "/assets/page.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.page_css)]
    }
}
