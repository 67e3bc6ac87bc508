"""The server itself and its accounts."""

from infrahub_sdk import InfrahubClient


async def run(run, client, seen):
    seen.show("version", await client.get_version())
    seen.show("information", dict(await client.get_server_information()))
    user = await client.get_user()
    for attribute in user["AccountProfile"].values():
        # here the server has no times, and the sandbox has
        if isinstance(attribute, dict):
            attribute.pop("updated_at", None)
    seen.show("user", user)
    seen.show("permissions", await client.get_user_permissions())

    by_password = InfrahubClient(config=run.config(api_token=None, username="admin", password="infrahub"))
    user = await by_password.get_user()
    seen.show("by password", user["AccountProfile"]["display_label"])
    tag = await run.create(by_password, "BuiltinTag", name=run.name("by-password"))
    seen.show("written by password", tag.hfid)
    await by_password.login(refresh=True)
    seen.show("after a refresh", (await by_password.get_user())["AccountProfile"]["display_label"])

    with seen.failure("a wrong password"):
        await InfrahubClient(config=run.config(api_token=None, username="admin", password="wrong")).get_user()
    with seen.failure("an account that is none"):
        await InfrahubClient(config=run.config(api_token=None, username="nobody", password="x")).get_user()
    with seen.failure("a wrong token"):
        await run.client(api_token="7d2c5a0e-0000-0000-0000-000000000000").get_user()
    nobody = InfrahubClient(config=run.config(api_token=None))
    seen.show("without credentials a tag is read", (await nobody.get("BuiltinTag", id=tag.id)).hfid)
    with seen.failure("without credentials a tag is not written"):
        await (await nobody.create("BuiltinTag", name=run.name("anonymous"))).save()

    accounts = await client.filters("CoreAccount", name__value="admin")
    seen.show("account", [{"label": account.label.value, "status": account.status.value} for account in accounts])
