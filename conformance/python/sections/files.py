"""Files of objects, and the object storage."""

from seen import raw


async def run(run, client, seen):
    drawing = await client.create("SdkDrawing", title=run.name("plan"))
    drawing.upload_from_bytes(b"%PDF-1.4 a plan", name="plan of the site.pdf")
    await drawing.save()
    run.made(drawing)
    read = await client.get("SdkDrawing", id=drawing.id)
    seen.show("uploaded", raw(read))
    seen.show("downloaded", (await read.download_file()).decode())
    target = run.folder / "plan.pdf"
    seen.show("downloaded into a file", [await read.download_file(dest=target), target.read_text()])
    seen.show("not downloaded again", await read.download_file(dest=target, skip_if_unchanged=True))
    seen.show("matches", [await read.matches_local_checksum(target), await read.matches_local_checksum(b"other")])
    seen.show("not uploaded again", (await read.upload_if_changed(target)).was_uploaded)

    target.write_text("%PDF-1.4 another plan")
    seen.show("uploaded again", (await read.upload_if_changed(target)).was_uploaded)
    read = await client.get("SdkDrawing", id=drawing.id)
    seen.show("another file", [read.file_name.value, read.file_size.value, read.file_type.value, read.checksum.value])
    read.title.value = run.name("map")
    await read.save()
    read = await client.get("SdkDrawing", id=drawing.id)
    seen.show("renamed", [read.title.value, read.file_name.value, (await read.download_file()).decode()])

    text = run.made(await client.create("SdkDrawing", title=run.name("text")))
    text.upload_from_bytes("größe\n".encode(), name="größe.txt")
    await text.save()
    text = await client.get("SdkDrawing", id=text.id)
    seen.show("a text", [text.file_name.value, text.file_type.value])
    seen.show("by storage id", await client.object_store.get_file_by_storage_id(text.storage_id.value))
    seen.show("by id", await client.object_store.get_file_by_id(text.id))
    seen.show("by human-friendly id", await client.object_store.get_file_by_hfid("SdkDrawing", [run.name("text")]))
    with seen.failure("a binary as text"):
        await client.object_store.get_file_by_id(drawing.id)
    with seen.failure("an object without its file"):
        await (await client.create("SdkDrawing", title=run.name("none"))).save()

    stored = await client.object_store.upload("content of an object")
    seen.show("stored", {"checksum": stored["checksum"], "content": await client.object_store.get(stored["identifier"])})
    with seen.failure("nothing stored"):
        await client.object_store.get("7d2c5a0e-3f41-4b7c-9a58-2e6f0c1d8b93")
